import type { Requirement } from '@tumbler/contract-flows';
import type { Authenticators } from '../authenticators/index.js';
import type { Flow, Leaf, Step } from '../engine/flow.js';

export const ACTIONS_FLOW_ID = '5f1c0de5-0000-4000-8000-000000000001';

/** The step that a link from a mailbox stands for. It is passed by the link, and by nothing else. */
export const BY_LINK = 'by-link';

/**
 * The way to actions that an administrator has sent a link for. It is not a realm's to change: whoever has a second factor
 * gives it, since a mailbox alone must not lead to another one (N-13, N-16).
 */
export function actionsFlow(authenticators: Authenticators): Flow {
  const leaf = (id: string, requirement: Requirement, name: string): Leaf => ({
    kind: 'leaf',
    id,
    requirement,
    authenticator: known(authenticators, name),
    config: {},
  });
  const secondFactor: Step = {
    kind: 'flow',
    id: 'second-factor',
    requirement: 'CONDITIONAL',
    flow: {
      id: 'second-factor-flow',
      alias: 'Second factor',
      steps: [
        leaf('second-factor-there', 'REQUIRED', 'conditional-user-configured'),
        leaf('second-factor-otp', 'ALTERNATIVE', 'auth-otp-form'),
        leaf('second-factor-codes', 'ALTERNATIVE', 'auth-recovery-authn-code-form'),
      ],
    },
  };
  return {
    id: ACTIONS_FLOW_ID,
    alias: 'Actions by a link',
    steps: [leaf(BY_LINK, 'REQUIRED', 'deny-access-authenticator'), secondFactor],
  };
}

function known(authenticators: Authenticators, id: string) {
  const found = authenticators.get(id);
  if (!found) throw new Error(`there is no authenticator ${id}`);
  return found;
}
