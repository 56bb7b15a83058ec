import { findSubFlow } from '../../engine/flow.js';
import type { Condition } from '../authenticator.js';

/** Was another sub-flow of this flow passed in this login, or was it not? */
export const subFlowExecuted: Condition = {
  kind: 'condition',
  id: 'conditional-sub-flow-executed',
  displayName: 'Condition - sub-flow executed',
  description:
    'Condition to evaluate if a sub-flow was executed successfully during the authentication process',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ flow, statuses, config }) {
    const name = config.flow_to_check ?? '';
    const subFlow = findSubFlow(flow, name);
    // A name that means nothing is a mistake in the configuration: neither question is answered with yes.
    if (!subFlow) return { holds: false, why: `there is no sub-flow "${name}"` };
    const executed = statuses[subFlow.id] === 'passed';
    return {
      holds: executed === (config.check_result !== 'not-executed'),
      why: executed ? `"${name}" was executed` : `"${name}" was not executed`,
    };
  },
};
