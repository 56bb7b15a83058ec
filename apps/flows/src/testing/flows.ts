import type { CredentialType } from '@tumbler/contract-credentials';
import type { Requirement } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import type { Asks, Authenticator, Condition } from '../authenticators/authenticator.js';
import { Authenticators } from '../authenticators/index.js';
import { hasCredential, NOBODY, type Facts } from '../engine/facts.js';
import type { Flow, Leaf, Step, SubFlow } from '../engine/flow.js';

/** Flows and facts in few words, for tests of the engine. */

const known = new Authenticators();

export const authenticator = (id: string): Authenticator => {
  const found = known.get(id);
  if (!found) throw new Error(`there is no authenticator ${id}`);
  return found;
};

let made = 0;

export function step(
  requirement: Requirement,
  what: string | Authenticator,
  config: Record<string, string> = {},
): Leaf {
  const taken = typeof what === 'string' ? authenticator(what) : what;
  return { kind: 'leaf', id: `${taken.id} ${++made}`, requirement, authenticator: taken, config };
}

export const sub = (requirement: Requirement, alias: string, ...steps: Step[]): SubFlow => ({
  kind: 'flow',
  id: `execution of ${alias}`,
  requirement,
  flow: flow(alias, ...steps),
});

export const flow = (alias: string, ...steps: Step[]): Flow => ({ id: `flow ${alias}`, alias, steps });

/** A step that asks for something. */
export const asking = (id: string, more: Partial<Asks> = {}): Asks => ({
  kind: 'asks',
  id,
  displayName: id,
  description: id,
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: false,
  ready: (facts) => !more.credentialType || hasCredential(facts, more.credentialType),
  ask: () => {
    throw new Error('walk asks nobody');
  },
  answer: () => {
    throw new Error('walk asks nobody');
  },
  ...more,
});

/** A condition that is what it is. */
export const always = (holds: boolean): Condition => ({
  kind: 'condition',
  id: `always ${holds}`,
  displayName: 'always',
  description: 'always',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: false,
  holds: () => ({ holds, why: 'always' }),
});

export const user = (more: Partial<LoginUser> = {}): LoginUser => ({
  id: '6f3d7c5e-53a2-4a5e-8f0e-0a4b6d1d7a11',
  username: 'ann',
  emailVerified: false,
  enabled: true,
  attributes: {},
  roles: [],
  requiredActions: [],
  notBefore: 0,
  ...more,
});

/** Somebody whom the login knows, with these types of credential, in order of preference. */
export const somebody = (types: CredentialType[], more: Partial<Facts> = {}): Facts => ({
  ...NOBODY,
  user: user(),
  credentials: types.map((type, i) => ({ id: `${type} ${i}`, type })),
  actions: [{ alias: 'CONFIGURE_TOTP', providerId: 'CONFIGURE_TOTP' }],
  ...more,
});
