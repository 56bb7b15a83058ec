export interface ActionProvider {
  readonly id: string;
  readonly name: string;
  /** How a new realm has it. It is the default action of no new realm. */
  readonly enabled: boolean;
  readonly priority: number;
}

/** Every required action there is. What each one asks and checks is known to the flows service. */
export const ACTION_PROVIDERS: readonly ActionProvider[] = [
  { id: 'TERMS_AND_CONDITIONS', name: 'Terms and Conditions', enabled: false, priority: 20 },
  { id: 'UPDATE_PROFILE', name: 'Update Profile', enabled: true, priority: 40 },
  { id: 'VERIFY_EMAIL', name: 'Verify Email', enabled: true, priority: 50 },
  { id: 'CONFIGURE_TOTP', name: 'Configure OTP', enabled: true, priority: 54 },
  { id: 'UPDATE_PASSWORD', name: 'Update Password', enabled: true, priority: 57 },
  { id: 'delete_account', name: 'Delete Account', enabled: false, priority: 60 },
  { id: 'UPDATE_EMAIL', name: 'Update Email', enabled: false, priority: 70 },
  { id: 'VERIFY_PROFILE', name: 'Verify Profile', enabled: true, priority: 100 },
  { id: 'delete_credential', name: 'Delete Credential', enabled: true, priority: 110 },
  {
    id: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    name: 'Recovery Authentication Codes',
    enabled: true,
    priority: 130,
  },
  { id: 'update_user_locale', name: 'Update User Locale', enabled: true, priority: 1000 },
];

export const providerOf = (id: string): ActionProvider | undefined =>
  ACTION_PROVIDERS.find((provider) => provider.id === id);
