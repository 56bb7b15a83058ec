import type { PasswordSet } from '@tumbler/contract-credentials';
import { translate } from '../texts/texts.js';

/** A password that breaks the policy of its realm: the key of the rule, and the rule in words. */
export class PolicyRefusal extends Error {
  constructor(
    readonly key: string,
    params: (string | number)[],
  ) {
    super(translate()({ key, args: params }));
    this.name = 'PolicyRefusal';
  }
}

/** Throws where the policy refuses. */
export function mustBeSet(answer: PasswordSet): void {
  if (answer.kind === 'refused') throw new PolicyRefusal(answer.key, answer.params);
}
