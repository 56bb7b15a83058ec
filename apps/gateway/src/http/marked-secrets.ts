import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits (ASVS 7.2.3 asks for 128). */
const SECRET_BYTES = 32;

/** Secrets that are known by a mark to come from here, so that nobody can be made to use one of somebody else's choice (C-04). */
export class MarkedSecrets {
  constructor(private readonly key: Buffer) {}

  make(): { secret: string; marked: string } {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    return { secret, marked: `${secret}.${this.mark(secret)}` };
  }

  /** The secret in what was brought; undefined where it did not come from here. */
  read(marked: string): string | undefined {
    const [secret = '', mark = ''] = marked.split('.');
    const [given, right] = [Buffer.from(mark), Buffer.from(this.mark(secret))];
    return given.length === right.length && timingSafeEqual(given, right) ? secret : undefined;
  }

  private mark(secret: string): string {
    return createHmac('sha256', this.key).update(secret).digest('base64url');
  }
}
