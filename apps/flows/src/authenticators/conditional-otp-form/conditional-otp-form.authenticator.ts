import { text } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import { hasCredential } from '../../engine/facts.js';
import type { Asks, Settled, Turn } from '../authenticator.js';
import { otpForm } from '../otp-form/otp-form.authenticator.js';
import { hasRole } from '../user-role/user-role.condition.js';

/**
 * Asks for a code where the first rule that says anything says so: an attribute of the user, roles, headers of the
 * request, the default (keycloak.md §2.10). A user of whom a code is asked and who has no app sets one up.
 */
export const conditionalOtpForm: Asks = {
  ...otpForm,
  id: 'auth-conditional-otp-form',
  displayName: 'Conditional OTP Form',
  description:
    'Validates a OTP on a separate OTP form. Only shown if required based on the configured conditions.',
  configurable: true,
  // Whether the user needs an app is for the rules to say, and `walk` asks none of them.
  setUpBy: undefined,
  ready: () => true,

  settles(turn: Turn): Settled | undefined {
    if (voteOf(turn) === 'skip') return { kind: 'passed' };
    if (hasCredential(turn.facts, 'otp')) return undefined;
    const canSetUp = turn.facts.actions.some(({ providerId }) => providerId === 'CONFIGURE_TOTP');
    if (canSetUp) return { kind: 'passed', asksFor: ['CONFIGURE_TOTP'] };
    return {
      kind: 'failed',
      error: 'invalid_user_credentials',
      text: text('credentialSetupRequired'),
      status: 400,
    };
  },
};

type Vote = 'skip' | 'force' | undefined;

function voteOf({ facts: { user }, step: { config }, login }: Turn): 'skip' | 'force' {
  const votes: Vote[] = [
    user && byAttribute(user, config.otpControlAttribute),
    user && byRole(user, config.skipOtpRole, 'skip'),
    user && byRole(user, config.forceOtpRole, 'force'),
    byHeader(login.visitor.headers, config.noOtpRequiredForHeaderPattern, 'skip'),
    byHeader(login.visitor.headers, config.forceOtpForHeaderPattern, 'force'),
    config.defaultOtpOutcome === 'skip' ? 'skip' : undefined,
  ];
  return votes.find((vote) => vote !== undefined) ?? 'force';
}

function byAttribute({ attributes }: LoginUser, name = ''): Vote {
  const value = Object.hasOwn(attributes, name) ? attributes[name]?.[0] : undefined;
  return value === 'skip' || value === 'force' ? value : undefined;
}

const byRole = (user: LoginUser, role: string | undefined, vote: Vote): Vote =>
  role && hasRole(user, role) ? vote : undefined;

/** A pattern that is none decides nothing: then the code is asked for, unless another rule says otherwise. */
function byHeader(headers: Record<string, string> = {}, pattern: string | undefined, vote: Vote): Vote {
  if (!pattern) return undefined;
  try {
    const expression = new RegExp(pattern, 'is');
    return Object.entries(headers).some(([name, value]) => expression.test(`${name}: ${value}`))
      ? vote
      : undefined;
  } catch {
    return undefined;
  }
}
