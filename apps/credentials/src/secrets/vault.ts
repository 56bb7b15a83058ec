import { Injectable } from '@nestjs/common';
import { Keyring, type Sealed } from '@tumbler/sealing';

/** Where a secret lives. It opens there only: a row that somebody copies to another user is worth nothing. */
export interface Place {
  realmId: string;
  userId: string;
  credentialId: string;
}

/** Seals what users prove themselves with, before it reaches the database (H-07, N-02, ASVS 13.3.1). */
@Injectable()
export class Vault {
  constructor(private readonly keyring: Keyring) {}

  seal(secret: Buffer, place: Place): Sealed {
    return this.keyring.seal(secret, nameOf(place));
  }

  /** Throws `SealBroken`. */
  open(sealed: Sealed, place: Place): Buffer {
    return this.keyring.open(sealed, nameOf(place));
  }
}

const nameOf = ({ realmId, userId, credentialId }: Place) => `${realmId}/${userId}/${credentialId}`;
