import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { flows } from '@tumbler/contract-flows';
import { World } from '../world.js';
import { notice } from './notice.authenticator.js';

/** The files that the guide shows, by the address that it gives them. */
async function shown(): Promise<Map<string, string>> {
  const guide = new URL('../../../../../docs/guides/write-an-authenticator.md', import.meta.url);
  const blocks = (await readFile(guide, 'utf8')).matchAll(/^`([\w./-]+)`:\n\n```ts\n(.*?)^```/gms);
  return new Map([...blocks].map(([, path = '', code = '']): [string, string] => [path, code]));
}

it.each(['notice.authenticator.ts', 'notice.spec.ts'])('the guide shows %s as it is tested', async (file) => {
  const tested = await readFile(new URL(file, import.meta.url), 'utf8');
  // There it lies among the others.
  const there = tested.replaceAll("'../../authenticators/", "'../");
  expect((await shown()).get(`apps/flows/src/authenticators/notice/${file}`)).toBe(there);
});

it('what can be set about it is there for administrators to read', async () => {
  const world = await World.open({ authenticators: [notice] });
  const described = await world.bus.call(flows.describeConfig, { providerId: 'notice' });
  expect(described).toMatchObject({ name: 'Notice', properties: [{ name: 'notice', required: true }] });
  await world.close();
});
