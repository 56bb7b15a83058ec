import { allowAccess } from './allow-access/allow-access.authenticator.js';
import type { Authenticator } from './authenticator.js';
import { clientScope } from './client-scope/client-scope.condition.js';
import { conditionalOtpForm } from './conditional-otp-form/conditional-otp-form.authenticator.js';
import { cookie } from './cookie/cookie.authenticator.js';
import { credentialUsed } from './credential-used/credential-used.condition.js';
import { denyAccess } from './deny-access/deny-access.authenticator.js';
import { directGrantOtp } from './direct-grant-otp/direct-grant-otp.authenticator.js';
import { directGrantPassword } from './direct-grant-password/direct-grant-password.authenticator.js';
import { directGrantUsername } from './direct-grant-username/direct-grant-username.authenticator.js';
import { levelOfAuthentication } from './level-of-authentication/level-of-authentication.condition.js';
import { otpForm } from './otp-form/otp-form.authenticator.js';
import { passwordForm } from './password-form/password-form.authenticator.js';
import { recoveryCodeForm } from './recovery-code-form/recovery-code-form.authenticator.js';
import { registrationPage } from './registration/registration-page.authenticator.js';
import { chooseUser } from './reset-credentials/choose-user.authenticator.js';
import { resetOtp } from './reset-credentials/reset-otp.authenticator.js';
import { resetPassword } from './reset-credentials/reset-password.authenticator.js';
import { sendResetEmail } from './reset-credentials/send-reset-email.authenticator.js';
import { subFlowExecuted } from './sub-flow-executed/sub-flow-executed.condition.js';
import { unsupported } from './unsupported.js';
import { userAttribute } from './user-attribute/user-attribute.condition.js';
import { userConfigured } from './user-configured/user-configured.condition.js';
import { userRole } from './user-role/user-role.condition.js';
import { usernameForm } from './username-form/username-form.authenticator.js';
import { usernamePasswordForm } from './username-password-form/username-password-form.authenticator.js';

/** Everything that a step of a flow can be. */
export const authenticators: readonly Authenticator[] = [
  cookie,
  usernamePasswordForm,
  usernameForm,
  passwordForm,
  otpForm,
  conditionalOtpForm,
  recoveryCodeForm,
  registrationPage,

  directGrantUsername,
  directGrantPassword,
  directGrantOtp,

  chooseUser,
  sendResetEmail,
  resetPassword,
  resetOtp,

  userConfigured,
  userRole,
  userAttribute,
  credentialUsed,
  subFlowExecuted,
  clientScope,
  levelOfAuthentication,

  denyAccess,
  allowAccess,

  ...unsupported,
];

/** The authenticators of a service, by their ids. */
export class Authenticators {
  private readonly byId: ReadonlyMap<string, Authenticator>;

  constructor(readonly all: readonly Authenticator[] = authenticators) {
    this.byId = new Map(all.map((authenticator) => [authenticator.id, authenticator]));
  }

  get(id: string): Authenticator | undefined {
    return this.byId.get(id);
  }
}
