import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Document } from './document.js';
import { PLACE } from './answers/written-api.js';
import { readApi } from './read-api.js';
import { openSource, sourceFiles } from './source.js';

/** Tumbler's own API, read out of the tree at `root`. */
export function tumblerApi(root: string): Document {
  const { version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    description: string;
    license: string;
  };
  return readApi(openSource(root), {
    title: 'Tumbler',
    version,
    description,
    license: { name: license, identifier: license },
    globalFilter: 'ErrorsFilter',
  });
}

/**
 * Writes the document down for the gateway, unless the one that is there is newer than every source. That something is
 * missing in it is no reason not to run: a test of the gateway says so.
 */
export function writeTumblerApi(root: string): void {
  const file = join(root, PLACE);
  const isFresh = existsSync(file) && sourceFiles(root).every((each) => changedAt(each) < changedAt(file));
  if (isFresh) return;
  const document = tumblerApi(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(document));
}

const changedAt = (file: string): number => statSync(file).mtimeMs;
