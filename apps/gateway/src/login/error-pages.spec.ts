import { expect, it } from 'vitest';
import { sameStep } from './error-pages.js';

it.each([
  [
    '/realms/a/login-actions/authenticate?session_code=x&tab_id=y',
    '/realms/a/login-actions/authenticate?tab_id=y',
  ],
  ['/realms/a/account', '/realms/a/account'],
  ['/realms/a/account/logout', '/realms/a/account'],
  ['//evil.example/realms/', '/'],
  ['/\\evil.example', '/'],
])('asks again for the step of %s', (address, again) => {
  expect(sameStep(address)).toBe(again);
});
