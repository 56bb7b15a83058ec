// Prints .env.example with random secrets filled in: node tools/make-env.mjs > .env
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
const key = () => `k1:${randomBytes(32).toString('base64')}`;
const password = () => `p${randomBytes(20).toString('hex')}`;

process.stdout.write(
  example.replace(/^(TUMBLER_KEYS_\w+|\w*PASSWORD\w*)=$/gm, (_line, name) =>
    name.startsWith('TUMBLER_KEYS') ? `${name}=${key()}` : `${name}=${password()}`,
  ),
);
