import { ADMIN_RIGHTS, type Administrator, type AdminRight } from '@tumbler/contract-users';
import type { Need } from './needs.js';

/** What an administrator may do, and where. */
export class Authority {
  /** @param realmName of the realm that the administrator is of */
  constructor(
    private readonly of: Administrator,
    readonly realmName: string,
  ) {}

  get username(): string {
    return this.of.username;
  }

  may(right: AdminRight, realm: string): boolean {
    return this.of.everywhere || this.rightsIn(realm).includes(right);
  }

  /** Everything there is to do in a realm: what decides who administers it is for those alone. */
  mayAll(realm: string): boolean {
    return ADMIN_RIGHTS.every((right) => this.may(right, realm));
  }

  /** Any of the rights in a realm; in whatever realm, where none is named. */
  mayAny(realm: string | undefined): boolean {
    if (this.of.everywhere || (realm === undefined && this.of.createsRealms)) return true;
    return realm === undefined ? Object.keys(this.of.rights).length > 0 : this.rightsIn(realm).length > 0;
  }

  get createsRealms(): boolean {
    return this.of.createsRealms;
  }

  /** Whether there is nothing that the user who is to be changed may do and this one may not. */
  get covers(): boolean {
    return this.of.covers;
  }

  fulfils(need: Need, realm: string | undefined): boolean {
    if (need === 'signed in') return true;
    if (need === 'any right') return this.mayAny(realm);
    if (need === 'create-realm') return this.of.createsRealms;
    return realm !== undefined && this.may(need, realm);
  }

  rightsIn(realm: string): readonly AdminRight[] {
    if (this.of.everywhere) return ADMIN_RIGHTS;
    return Object.hasOwn(this.of.rights, realm) ? this.of.rights[realm]! : [];
  }
}
