import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../document.js';

/** Where the gateway looks for the document, below the root of the tree. */
export const PLACE = 'apps/gateway/dist/openapi.json';

/** The document as the build wrote it. */
export const writtenTumblerApi = (root: string): Document =>
  JSON.parse(readFileSync(join(root, PLACE), 'utf8')) as Document;
