import type { Step } from '../../engine/flow.js';
import type { Facts } from '../../engine/facts.js';
import type { Condition } from '../authenticator.js';

/** Has the user what the sub-flow asks for? All of what is REQUIRED there, or, where nothing is, one of the ALTERNATIVEs. */
export const userConfigured: Condition = {
  kind: 'condition',
  id: 'conditional-user-configured',
  displayName: 'Condition - user configured',
  description: 'Executes the current flow only if authenticators are configured',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: false,

  holds({ facts, level }) {
    if (!facts.user) return { holds: false, why: 'no user yet' };
    const required = level.steps.filter((step) => asksWith(step, 'REQUIRED'));
    if (required.length > 0) {
      const missing = required.filter((step) => !isReady(step, facts));
      return missing.length === 0
        ? { holds: true, why: 'everything that is REQUIRED is set up' }
        : { holds: false, why: `not set up: ${names(missing)}` };
    }
    const alternatives = level.steps.filter((step) => asksWith(step, 'ALTERNATIVE'));
    if (alternatives.length === 0) return { holds: true, why: 'nothing has to be set up' };
    const ready = alternatives.filter((step) => isReady(step, facts));
    return ready.length > 0
      ? { holds: true, why: `set up: ${names(ready)}` }
      : { holds: false, why: `none is set up: ${names(alternatives)}` };
  },
};

/** Conditions and sub-flows are not looked at (keycloak.md §2.11). */
const asksWith = (step: Step, requirement: string): boolean =>
  step.kind === 'leaf' && step.requirement === requirement && step.authenticator.kind !== 'condition';

function isReady(step: Step, facts: Facts): boolean {
  if (step.kind === 'flow') return false;
  const { authenticator } = step;
  // What cannot be passed here, nobody has set up.
  if (authenticator.kind === 'unsupported' || authenticator.kind === 'condition') return false;
  return !authenticator.needsUser || authenticator.ready(facts);
}

const names = (steps: Step[]): string =>
  steps.map((step) => (step.kind === 'leaf' ? step.authenticator.id : step.flow.alias)).join(', ');
