import { ServiceConfig } from '@tumbler/config';
import { Matches } from 'class-validator';

export class UsersConfig extends ServiceConfig {
  /** The keys that the passwords of mail servers are sealed with, `id:base64` of 32 bytes each; the first one seals, all of them open. */
  @Matches(/^[^:,]+:[A-Za-z0-9+/]{43}=(,[^:,]+:[A-Za-z0-9+/]{43}=)*$/, {
    message: 'TUMBLER_KEYS must be <id>:<32 bytes in base64>, and more of them after commas',
  })
  TUMBLER_KEYS: string = '';
}
