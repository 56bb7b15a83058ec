import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Document } from '../document.js';
import { readApi } from '../read-api.js';
import { openSource } from '../source.js';

const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'es2022', lib: ['es2022'], module: 'nodenext', moduleResolution: 'nodenext' },
    ...{ strict: true, experimentalDecorators: true, strictPropertyInitialization: false },
  },
};

/** The API of a tree that holds these files below `apps/`. */
export function apiOf(files: Record<string, string>): Document {
  const root = mkdtempSync(join(tmpdir(), 'tumbler-openapi-'));
  try {
    write(join(root, 'tsconfig.base.json'), JSON.stringify(TSCONFIG));
    write(join(root, 'package.json'), JSON.stringify({ type: 'module' }));
    for (const [name, text] of Object.entries(files)) write(join(root, 'apps', name), text);
    return readApi(openSource(root), {
      ...{ title: 'Shop', version: '1.0.0', description: 'Sells things' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      globalFilter: 'ErrorsFilter',
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
