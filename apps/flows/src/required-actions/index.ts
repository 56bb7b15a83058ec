import { configureRecoveryCodes } from './configure-recovery-codes/configure-recovery-codes.required-action.js';
import { configureTotp } from './configure-totp/configure-totp.required-action.js';
import { deleteAccount } from './delete-account/delete-account.required-action.js';
import { deleteCredential } from './delete-credential/delete-credential.required-action.js';
import type { RequiredAction } from './required-action.js';
import { termsAndConditions } from './terms-and-conditions/terms-and-conditions.required-action.js';
import { updatePassword } from './update-password/update-password.required-action.js';
import { verifyEmail } from './verify-email/verify-email.required-action.js';
import { updateEmail } from './update-email/update-email.required-action.js';
import { updateProfile } from './update-profile/update-profile.required-action.js';
import { verifyProfile } from './verify-profile/verify-profile.required-action.js';

/** Everything that can stand between a user and the door. */
export const requiredActions: readonly RequiredAction[] = [
  configureTotp,
  configureRecoveryCodes,
  updatePassword,
  updateProfile,
  verifyProfile,
  verifyEmail,
  updateEmail,
  termsAndConditions,
  deleteCredential,
  deleteAccount,
];

/** The required actions of a service, by their provider ids. */
export class RequiredActions {
  private readonly byId: ReadonlyMap<string, RequiredAction>;

  constructor(all: readonly RequiredAction[] = requiredActions) {
    this.byId = new Map(all.map((action) => [action.id, action]));
  }

  get(id: string): RequiredAction | undefined {
    return this.byId.get(id);
  }
}
