import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';

/** Ties the forms of the account page to one session (ASVS 3.5.1): no other site knows the token, and it fits nowhere else. */
@Injectable()
export class FormTokens {
  private readonly key: Buffer;

  constructor(keys: Keyring) {
    this.key = keys.derive('form tokens');
  }

  of(sessionId: string): string {
    return createHmac('sha256', this.key).update(sessionId).digest('base64url');
  }

  fits(sessionId: string, token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const [given, right] = [Buffer.from(token), Buffer.from(this.of(sessionId))];
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
