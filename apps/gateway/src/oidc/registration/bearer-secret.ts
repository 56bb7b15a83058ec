import { createHash, randomBytes } from 'node:crypto';

/** 256 bits. */
export const newBearerSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of one. Nobody can try them all, so that no salt and no slow hash is needed. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
