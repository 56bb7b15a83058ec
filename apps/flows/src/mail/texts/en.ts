import type { LinkKind } from '../../links/link.js';

/** English. `{realm}` is the name of the realm, `{time}` how long the link works. */
export const en: Record<LinkKind, { subject: string; before: string; after: string }> = {
  'verify-email': {
    subject: 'Verify email',
    before:
      'Somebody has given this address for an account at {realm}. If it was you, open this link to confirm it:',
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
};
