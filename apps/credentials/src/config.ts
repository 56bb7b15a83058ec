import { ServiceConfig } from '@tumbler/config';
import { Transform } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';

export class CredentialsConfig extends ServiceConfig {
  /** The keys that every secret is sealed with, `id:base64` of 32 bytes each; the first one seals, all of them open. */
  @Matches(/^[^:,]+:[A-Za-z0-9+/]{43}=(,[^:,]+:[A-Za-z0-9+/]{43}=)*$/, {
    message: 'TUMBLER_KEYS must be <id>:<32 bytes in base64>, and more of them after commas',
  })
  TUMBLER_KEYS: string = '';

  /** KiB of memory that one argon2id hash takes. The default is the last line of OWASP's list (C-06). */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'ARGON2_MEMORY must be a number of KiB' })
  @Min(7168, { message: 'ARGON2_MEMORY must be 7168 KiB at least' })
  @Max(1_048_576, { message: 'ARGON2_MEMORY must be 1048576 KiB at most' })
  ARGON2_MEMORY: number = 7168;

  /** How often one argon2id hash passes over its memory. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'ARGON2_ITERATIONS must be a number' })
  @Min(1, { message: 'ARGON2_ITERATIONS must be 1 at least' })
  @Max(64, { message: 'ARGON2_ITERATIONS must be 64 at most' })
  ARGON2_ITERATIONS: number = 5;
}
