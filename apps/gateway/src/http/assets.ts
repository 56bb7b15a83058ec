import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const TYPES = {
  'login.css': 'text/css',
  'login.js': 'text/javascript',
  'icon.svg': 'image/svg+xml',
} as const;
export type AssetName = keyof typeof TYPES;

interface Asset {
  content: Buffer;
  type: string;
  /** Changes with the content, so that the address may be cached for good. */
  version: string;
}

/** The files that pages refer to; read once, from beside the sources as from beside what was built of them. */
const assets = new Map<string, Asset>(
  Object.entries(TYPES).map(([name, type]) => {
    const content = readFileSync(new URL(`../../assets/${name}`, import.meta.url));
    const version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
    return [name, { content, type: `${type}; charset=utf-8`, version }];
  }),
);

export const asset = (name: string): Asset | undefined => assets.get(name);

export const assetUrl = (name: AssetName): string => `/resources/${assets.get(name)?.version}/${name}`;
