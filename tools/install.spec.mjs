import { describe, expect, it } from 'vitest';
import { checkNode, isInstalled } from './install.mjs';

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s will do', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.4', '20.18.3', '20.9.0', '8.0.0'])(
    '%s is too old, and the message says what to do',
    (version) => {
      expect(() => checkNode(version)).toThrow(/needs Node 20\.19 or newer.*\n.*Install a newer one/);
    },
  );
});

it('knows that what package-lock.json names is installed', () => {
  expect(isInstalled()).toBe(true);
});
