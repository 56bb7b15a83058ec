import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { SYSTEM } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { GatewayConfig } from './config.js';

const MASTER = 'master';
const RETRY_MS = 500;
/** As in Keycloak: the token of an administrator is worth more, and lives a minute. */
const MASTER_SETTINGS = { accessTokenLifespan: 60 };
/** On a user who is not an administrator yet: a start that broke off is finished by the next one. */
const UNFINISHED = { 'tumbler.first-administrator': ['unfinished'] };

/**
 * Sees to it that there is a master realm and, where a password for one is configured, somebody to administer it. Several
 * gateways may do so at once, and any of them may stop half-way. Who is there already is left alone.
 */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('first administrator');
  private timer?: NodeJS.Timeout;
  private stopped = false;
  /** Whoever waits until the system can be used waits for this too. */
  isThere = false;
  /** What a person has to put right before there can be one. */
  problem?: string;

  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
  ) {}

  /** Not awaited: the gateway answers, if only that it is not ready, before the other services do. */
  onApplicationBootstrap(): void {
    void this.keepTrying();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  async ensure(): Promise<void> {
    const realm = await this.masterRealm();
    if (this.config.TUMBLER_ADMIN_PASSWORD) await this.administrator(realm.id);
    this.isThere = true;
  }

  private async keepTrying(): Promise<void> {
    try {
      await this.ensure();
    } catch (error) {
      if (this.stopped) return;
      if (!(error instanceof AppError && error.code === 'service_unavailable')) {
        this.log.error(`could not be made: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.timer = setTimeout(() => void this.keepTrying(), RETRY_MS);
    }
  }

  private async masterRealm(): Promise<Realm> {
    const found = await this.bus.call(users.findRealm, { name: MASTER });
    if (found) return found;
    // Lost a race against another gateway: the answer is a conflict, and the next try finds the realm.
    return this.bus.call(users.createRealm, { by: SYSTEM, name: MASTER, settings: MASTER_SETTINGS });
  }

  private async administrator(realmId: string): Promise<void> {
    const { TUMBLER_ADMIN: username, TUMBLER_ADMIN_PASSWORD: password } = this.config;
    const { user } = await this.bus.call(users.identify, { realmId, name: username });
    if (user) return this.finish(realmId, user.id, user.attributes);

    const userId = firstUserId(realmId);
    // By another name today, perhaps with another password: not ours to touch.
    if (await this.bus.call(users.view, { realmId, userId })) return;
    const set = await this.bus.call(credentials.setPassword, { realmId, userId, password, username });
    if (set.kind === 'refused') {
      this.problem = `TUMBLER_ADMIN_PASSWORD breaks the password policy (${[set.key, ...set.params].join(' ')}): choose another one`;
      throw new AppError('invalid_request', { message: this.problem });
    }
    await this.bus.call(users.create, {
      realmId,
      userId,
      fields: { username, enabled: true, attributes: UNFINISHED },
    });
    await this.finish(realmId, userId, UNFINISHED);
    this.log.log(`${username} administers the realm ${MASTER}`);
  }

  private async finish(realmId: string, userId: string, attributes: Record<string, string[]>): Promise<void> {
    const isOurs = userId === firstUserId(realmId);
    if (!isOurs || !Object.keys(UNFINISHED).every((name) => name in attributes)) return;
    await this.bus.call(users.grantRealmRoles, { realmId, userId, roles: ['admin'] });
    await this.bus.call(users.update, { realmId, userId, fields: { attributes: {} } });
  }
}

/** The same at every start, so that two gateways make one user and not two (a UUID of version 8, RFC 9562 §5.8). */
export function firstUserId(realmId: string): string {
  const bytes = createHash('sha256').update(`first administrator|${realmId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
