import type { CredentialSummary } from '@tumbler/contract-credentials';
import type { ActionDone } from '../required-actions/required-action.js';
import type { Progress } from './progress.js';
import type { Proven } from './proven.js';

interface Done extends Omit<ActionDone, 'kind' | 'events'> {
  /** Aliases of what is to be done next. */
  due: string[];
  /** It is what the application has asked for. */
  isAsked: boolean;
}

/** A login after one of its required actions. */
export function afterAction(progress: Progress, alias: string, done: Done): Progress {
  const { user, credentials, proofs, sessionActions, endOtherSessions, asked } = progress;
  const others = (aliases: string[]) => aliases.filter((other) => other !== alias);
  return {
    ...progress,
    user: user && {
      ...user,
      ...done.user,
      attributes: { ...user.attributes, ...done.user?.attributes, ...done.attributes },
      requiredActions: [...others(user.requiredActions), ...done.due],
    },
    credentials: after(credentials, done),
    proofs: proofs.map((proof) => withOwnChange(proof, done)),
    sessionActions: others(sessionActions),
    endOtherSessions: endOtherSessions || done.endOtherSessions === true,
    ...(asked && done.isAsked ? { asked: { ...asked, outcome: 'success' } } : {}),
  };
}

/** What the user has changed by themselves takes nothing away from what they proved with it before. */
function withOwnChange(proof: Proven, { credential: made, removedCredential }: Done): Proven {
  if (made?.type === 'password' && proof.type === 'password') {
    return { ...proof, credentialId: made.id, setAt: made.setAt };
  }
  if (!removedCredential || proof.credentialId !== removedCredential) return proof;
  const { credentialId: _gone, ...rest } = proof;
  return rest;
}

/** There are several apps, and one set of recovery codes: new ones take the place of the old. */
function after(all: CredentialSummary[], { credential: made, removedCredential }: Done): CredentialSummary[] {
  const kept = all.filter(({ id }) => id !== removedCredential);
  if (!made) return kept;
  return [...kept.filter(({ id, type }) => id !== made.id && (type === 'otp' || type !== made.type)), made];
}
