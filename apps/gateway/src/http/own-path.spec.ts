import { expect, it } from 'vitest';
import { ownPath } from './own-path.js';

const HERE = 'http://localhost:8080';

it.each([
  ['http://localhost:8080/realms/a/account', '/realms/a/account'],
  ['http://localhost:8080/realms/a%2Fb?x=1&y=//z#part', '/realms/a%2Fb?x=1&y=//z'],
  ['HTTP://LOCALHOST:8080/a', '/a'],
])('leads to %s', (address, path) => {
  expect(ownPath(HERE, address)).toBe(path);
});

it.each([
  'https://localhost:8080/',
  'http://localhost/',
  'http://localhost:8080.evil.example/',
  'http://localhost:8080@evil.example/',
  'http://ann@localhost:8080/',
  'http://localhost:8080//evil.example',
  'http://localhost:8080/\\evil.example',
  'http:\\\\evil.example',
  '//evil.example',
  '/realms/a',
  'javascript:alert(1)',
  'data:text/html,x',
  'blob:http://localhost:8080/x',
  '',
])('does not lead to %j', (address) => {
  expect(ownPath(HERE, address)).toBeUndefined();
});
