import { BY_LINK } from '../definitions/actions-flow.js';
import type { Learned } from '../authenticators/authenticator.js';
import { learn, NO_PROGRESS, type Progress } from '../engine/progress.js';
import type { LinkData } from './link.js';

export const VERIFY_EMAIL = 'VERIFY_EMAIL';

/** How far a login has come that begins with a link: its user is known by their mailbox, and by nothing else yet. */
export function progressBehind(
  { statuses, actions = [] }: Pick<LinkData, 'statuses' | 'actions'>,
  learned: Learned,
): Progress {
  const progress = learn(NO_PROGRESS, learned);
  const enabled = progress.actions.map(({ alias }) => alias);
  return {
    ...progress,
    statuses: statuses ?? { [BY_LINK]: 'passed' },
    proofs: [{ type: 'email' }],
    // What it was sent for is done by it, and what the realm has withdrawn since is not asked for.
    sessionActions: actions.filter((alias) => alias !== VERIFY_EMAIL && enabled.includes(alias)),
  };
}
