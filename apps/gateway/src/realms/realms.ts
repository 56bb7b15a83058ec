import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { Subscriptions } from '@tumbler/service';

/** A change is heard of at once; where it is not (NATS was away), it is seen after this long. */
const FRESH_MS = 5_000;
/** More names than this are not remembered: somebody tries names. */
const MOST = 1_000;

interface Known {
  realm: Promise<Realm | null>;
  until: number;
}

export const REALM_NOT_ENABLED = 'Realm not enabled';

/** The realm behind the name in an address, remembered for a few seconds. */
@Injectable()
export class Realms implements OnApplicationBootstrap {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.hear('realm.*', () => this.known.clear());
  }

  /** Throws `realm_not_found`. */
  async byName(name: string): Promise<Realm> {
    const realm = await this.lookUp(name);
    if (!realm) throw new AppError('realm_not_found', { message: 'Realm not found.' });
    return realm;
  }

  /** Throws `realm_not_found`, and `forbidden` for a realm that is switched off. */
  async enabledByName(name: string): Promise<Realm> {
    const realm = await this.byName(name);
    if (!realm.enabled) throw new AppError('forbidden', { message: REALM_NOT_ENABLED });
    return realm;
  }

  /** The next look asks the users service. */
  forget(): void {
    this.known.clear();
  }

  private lookUp(name: string): Promise<Realm | null> {
    const now = this.clock.now().getTime();
    const found = this.known.get(name);
    if (found && found.until > now) return found.realm;
    if (this.known.size >= MOST) this.known.clear();
    const realm = this.bus.call(users.findRealm, { name });
    const entry = { realm, until: now + FRESH_MS };
    this.known.set(name, entry);
    realm.catch(() => this.known.get(name) === entry && this.known.delete(name));
    return realm;
  }
}
