import { LEVEL_CONDITION, levelOf, NO_LEVEL, reachedLevel } from '../../engine/levels.js';
import type { Condition } from '../authenticator.js';

/** Is the level asked for that the sub-flow leads to, and is it not reached yet (keycloak.md §2.12)? */
export const levelOfAuthentication: Condition = {
  kind: 'condition',
  id: LEVEL_CONDITION,
  displayName: 'Condition - Level of Authentication',
  description:
    'Flow is executed only if the configured LOA or a higher one has been requested but not yet satisfied. After the flow is successfully finished, the LOA in the session will be set to value prescribed by this condition.',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ facts: { levels }, statuses, flow, config }) {
    const { level, maxAge } = levelOf(config);
    // Everybody begins somewhere, whether a level is asked for or not.
    if (reachedLevel(flow, statuses, levels) === NO_LEVEL)
      return { holds: true, why: 'no level is reached yet' };
    if (levels.asked < level) {
      const asked = levels.asked === NO_LEVEL ? 'no level' : `level ${levels.asked}`;
      return { holds: false, why: `${asked} is asked for, and not ${level}` };
    }
    return levels.kept.includes(level)
      ? { holds: false, why: `level ${level} was reached less than ${maxAge} seconds ago` }
      : { holds: true, why: `level ${level} is asked for` };
  },
};
