import { ServiceConfig } from '@tumbler/config';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Matches, Max, Min, MinLength } from 'class-validator';

export class GatewayConfig extends ServiceConfig {
  /** The port that the gateway answers HTTP on. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'PORT must be a number' })
  @Min(0, { message: 'PORT must not be negative' })
  @Max(65_535, { message: 'PORT must be 65535 at most' })
  PORT: number = 8080;

  /** The address that it listens at: this machine only, unless told. */
  @IsString()
  HOST: string = '127.0.0.1';

  /** Where users find it, without a path; `https://` turns on secure cookies and HSTS. `http://localhost:PORT` when empty. */
  @Matches(/^$|^https?:\/\/[^/?#@]+$/, {
    message: 'PUBLIC_URL must be http(s)://host[:port], without a path',
  })
  PUBLIC_URL: string = '';

  /** Addresses or networks (`10.0.0.0/8`), comma-separated, whose X-Forwarded-* headers are believed; nobody's when empty. */
  @IsString()
  TRUSTED_PROXIES: string = '';

  /** The keys that sessions are made with and signing keys are sealed with, `id:base64` of 32 bytes each; the first one seals. */
  @Matches(/^[^:,]+:[A-Za-z0-9+/]{43}=(,[^:,]+:[A-Za-z0-9+/]{43}=)*$/, {
    message: 'TUMBLER_KEYS must be <id>:<32 bytes in base64>, and more of them after commas',
  })
  TUMBLER_KEYS: string = '';

  /** Name of the first administrator, who is made when there is nobody of that name. */
  @MinLength(3, { message: 'TUMBLER_ADMIN must be 3 characters at least, as all usernames' })
  TUMBLER_ADMIN: string = 'admin';

  /** Password of the first administrator; when empty, nobody is made. */
  @IsString()
  TUMBLER_ADMIN_PASSWORD: string = '';

  /** Scheme, host and port of every address that is given out. */
  get publicUrl(): string {
    return this.PUBLIC_URL || `http://localhost:${this.PORT}`;
  }

  get https(): boolean {
    return this.publicUrl.startsWith('https:');
  }

  get trustedProxies(): string[] {
    return this.TRUSTED_PROXIES.split(',')
      .map((proxy) => proxy.trim())
      .filter(Boolean);
  }
}
