import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A sealed value and the name of the key that opens it. Both are stored; neither tells anything. */
export interface Sealed {
  keyId: string;
  /** Initialisation vector, ciphertext and authentication tag, one behind the other. */
  data: Buffer;
}

/** Thrown when a value does not open: an unknown key, or a value that was changed or lies where it does not belong. */
export class SealBroken extends Error {
  constructor(reason: string) {
    super(`A sealed value does not open: ${reason}`);
    this.name = 'SealBroken';
  }
}

/**
 * The keys of a service. The first one seals; all of them open, so that a new key can be put in front and the old one
 * taken away once nothing is sealed with it any more.
 */
export class Keyring {
  private constructor(private readonly keys: Map<string, Buffer>) {}

  /** Reads `id:base64,id:base64` (32 bytes each). Throws without repeating any part of a key. */
  static fromText(text: string): Keyring {
    const entries = text.split(',').filter((entry) => entry.trim() !== '');
    const keys = entries.map((entry): [string, Buffer] => {
      const [id, encoded] = entry.trim().split(':');
      const key = Buffer.from(encoded ?? '', 'base64');
      if (!id || key.length !== KEY_BYTES) throw new Error('each key must be <id>:<32 bytes in base64>');
      return [id, key];
    });
    if (keys.length === 0) throw new Error('at least one key is needed: <id>:<32 bytes in base64>');
    return new Keyring(new Map(keys));
  }

  /**
   * @param place what the value belongs to, such as `realm/user/credential`: it is not stored, and the value opens with
   *   the same place only, so that a row that is copied to another user is worth nothing there.
   */
  seal(plain: Buffer, place: string): Sealed {
    const [keyId, key] = this.keys.entries().next().value!;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
    return { keyId, data: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
  }

  /** Throws {@link SealBroken}. */
  open({ keyId, data }: Sealed, place: string): Buffer {
    const key = this.keys.get(keyId);
    if (!key) throw new SealBroken('its key is not in the keyring');
    if (data.length < IV_BYTES + TAG_BYTES) throw new SealBroken('it is too short');
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(place))
      .setAuthTag(data.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new SealBroken('it was changed, or belongs elsewhere');
    }
  }

  /** A key for another purpose, such as signing cookies, that follows from the first key and tells nothing of it (RFC 5869). */
  derive(purpose: string): Buffer {
    const [, key] = this.keys.entries().next().value!;
    return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, KEY_BYTES));
  }
}
