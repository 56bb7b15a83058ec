import type { LinkKind } from '../../links/link.js';
import type { NoticeKind } from '../notice.js';

const STRANGER =
  'If it was you, there is nothing to do. If it was not you, tell your administrator at once: somebody else may be in your account.';

/** `{realm}` is the name of the realm, `{time}` how long the link works. */
export interface LetterTexts {
  letters: Record<LinkKind | NoticeKind, { subject: string; before: string; after: string }>;
  /** One, and several. */
  times: Record<'minute' | 'hour' | 'day', [string, string]>;
}

export const en: LetterTexts = {
  letters: {
    'verify-email': {
      subject: 'Verify email',
      before:
        'Somebody has given this address for an account at {realm}. If it was you, open this link to confirm it:',
      after:
        'The link works for {time}. If it was not you, ignore this message: nothing happens without the link.',
    },
    'update-email': {
      subject: 'Verify new email',
      before:
        'Somebody wants to use this address for their account at {realm} from now on. If it was you, open this link:',
      after:
        'The link works for {time}. If it was not you, ignore this message: nothing happens without the link.',
    },
    'reset-credentials': {
      subject: 'Reset password',
      before:
        'Somebody has asked to reset the password of your account at {realm}. If it was you, open this link:',
      after:
        'The link works for {time}. If it was not you, ignore this message: nothing happens without the link.',
    },
    'execute-actions': {
      subject: 'Update Your Account',
      before: 'Your administrator at {realm} asks you to update your account. Open this link to begin:',
      after:
        'The link works for {time}. If you did not expect this, ask your administrator before you open it.',
    },
    'email-changed': {
      subject: 'Your email address was changed',
      before: 'The email address of your account at {realm} was changed from this one to another.',
      after: STRANGER,
    },
    'password-changed': {
      subject: 'Your password was changed',
      before: 'The password of your account at {realm} was changed.',
      after: STRANGER,
    },
    'authenticator-added': {
      subject: 'A new way to sign in was set up',
      before: 'An authenticator app or a set of recovery codes was set up for your account at {realm}.',
      after: STRANGER,
    },
    'authenticator-removed': {
      subject: 'A way to sign in was removed',
      before: 'An authenticator app or a set of recovery codes was removed from your account at {realm}.',
      after: STRANGER,
    },
  },
  times: { minute: ['minute', 'minutes'], hour: ['hour', 'hours'], day: ['day', 'days'] },
};
