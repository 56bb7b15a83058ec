import type { LoginUser, RequiredAction, UserProfile } from '@tumbler/contract-users';
import { LRUCache } from 'lru-cache';

/** What a realm says of all of its users. */
export interface RealmRules {
  profile: UserProfile | null;
  /** In order, with those that are switched off. */
  actions: RequiredAction[];
}

export type EffectiveRoles = Pick<LoginUser, 'roles' | 'clientRoles'>;

/** What somebody holds directly, and at which version of their realm. */
export interface Held {
  /** Null, which a realm without a row in `realm_version` has, is no version: nothing is kept under it. */
  version: string | null;
  /** The ids of roles and of groups, in order. */
  held: string;
}

export interface Said {
  rules: RealmRules;
  roles: EffectiveRoles;
}

/** Characters of JSON. The rules of a new realm take some two thousand, the roles of a user some hundreds. */
const MOST_KEPT = 8_000_000;

/**
 * What realms say, each at one version: right for as long as Postgres answers the same version (docs/decisions/0029).
 * Users who hold the same share an entry.
 */
export class RealmCache {
  private readonly rules: LRUCache<string, RealmRules & { version: string }>;
  private readonly roles: LRUCache<string, EffectiveRoles>;

  /** @param most characters of the rules that are kept, and of the roles; what was asked for longest ago goes. */
  constructor(most = MOST_KEPT) {
    this.rules = cacheOf(most);
    this.roles = cacheOf(most);
  }

  get(realmId: string, { version, held }: Held): Said | undefined {
    const rules = this.rules.get(realmId);
    if (!rules || rules.version !== version) return undefined;
    const roles = this.roles.get(keyOf(realmId, version, held));
    return roles && { rules, roles };
  }

  set(realmId: string, { version, held }: Held, { rules, roles }: Said): void {
    if (version === null) return;
    this.rules.set(realmId, { ...rules, version });
    this.roles.set(keyOf(realmId, version, held), roles);
  }
}

const cacheOf = <V extends object>(maxSize: number): LRUCache<string, V> =>
  new LRUCache({ maxSize, sizeCalculation: (value, key) => key.length + JSON.stringify(value).length });

const keyOf = (...parts: string[]): string => parts.join(' ');
