import { Injectable } from '@nestjs/common';
import { MASK, type RealmSettings } from '@tumbler/contract-users';
import { Keyring, type Sealed } from '@tumbler/sealing';

/** What becomes of the password of a realm's mail server. */
export type PasswordChange = { kind: 'kept' } | { kind: 'removed' } | { kind: 'set'; sealed: Sealed };

/** Seals the password that a realm signs in to its mail server with, before it reaches the database (ASVS 13.3.1). */
@Injectable()
export class MailPasswords {
  constructor(private readonly keyring: Keyring) {}

  /** Settings replace what was there; a mask in the place of the password stands for the one that is. */
  change(realmId: string, { smtpServer }: RealmSettings): PasswordChange {
    if (!smtpServer || smtpServer.password === MASK) return { kind: 'kept' };
    if (!smtpServer.password) return { kind: 'removed' };
    return { kind: 'set', sealed: this.keyring.seal(Buffer.from(smtpServer.password), placeOf(realmId)) };
  }

  /** Throws `SealBroken`. */
  open(realmId: string, sealed: Sealed): string {
    return this.keyring.open(sealed, placeOf(realmId)).toString();
  }
}

/** A row that is copied to another realm opens no mailbox there. */
const placeOf = (realmId: string) => `${realmId}/smtpServer.password`;
