import { expect, it } from 'vitest';
import { RealmCache, type Said } from './realm-cache.js';

const said = (role: string): Said => ({ rules: { profile: null, actions: [] }, roles: { roles: [role] } });
const at = (version: string, held: string) => ({ version, held });

it('answers what was said of the same at the same version, and nothing else', () => {
  const cache = new RealmCache();
  cache.set('acme', at('v1', 'staff'), said('staff'));
  expect(cache.get('acme', at('v1', 'staff'))!.roles).toEqual({ roles: ['staff'] });
  expect(cache.get('acme', at('v1', 'guest'))).toBeUndefined();
  expect(cache.get('acme', at('v2', 'staff'))).toBeUndefined();
  expect(cache.get('other', at('v1', 'staff'))).toBeUndefined();
});

it('keeps what was asked for last, within its room', () => {
  const cache = new RealmCache(1_000);
  const known = () => cache.get('acme', at('v1', 'first')) !== undefined;
  cache.set('acme', at('v1', 'first'), said('first'));
  for (let n = 0; n < 200; n++) {
    cache.set('acme', at('v1', `held ${n}`), said('x'));
    expect(known()).toBe(true);
  }
  expect(cache.get('acme', at('v1', 'held 0'))).toBeUndefined();
  expect(cache.get('acme', at('v1', 'held 199'))).toBeDefined();
});
