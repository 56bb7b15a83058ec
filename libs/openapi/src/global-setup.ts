import { fileURLToPath } from 'node:url';
import { writeTumblerApi } from './tumbler.js';

/** Vitest's global setup: the API's document is that of the sources as they are. */
export default function setup(): void {
  writeTumblerApi(fileURLToPath(new URL('../../..', import.meta.url)));
}
