import { invalid } from '@tumbler/errors';

/** Keycloak's ConfigPropertyRepresentation. */
export interface ConfigProperty {
  name: string;
  label: string;
  helpText: string;
  type: 'String' | 'boolean' | 'int';
  defaultValue: unknown;
  required: boolean;
  secret: boolean;
  readOnly: boolean;
}

const MAX_AUTH_AGE: ConfigProperty = {
  name: 'max_auth_age',
  label: 'Maximum Age of Authentication',
  helpText:
    'For how many seconds after signing in a user may start this action from an application without signing in again.',
  type: 'String',
  defaultValue: '300',
  required: false,
  secret: false,
  readOnly: false,
};

const flag = (name: string, label: string, helpText: string): ConfigProperty => ({
  ...MAX_AUTH_AGE,
  name,
  label,
  helpText,
  type: 'boolean',
  defaultValue: false,
});

const OWN: Record<string, ConfigProperty[]> = {
  CONFIGURE_TOTP: [
    flag(
      'add-recovery-codes',
      'Add Recovery Codes',
      'Asks a user who has set up an app, and has no recovery codes, to make some.',
    ),
  ],
  UPDATE_EMAIL: [
    flag('verifyEmail', 'Force Email Verification', 'A new address counts once the user has confirmed it.'),
  ],
};

/** Ask for a sign-in whatever the realm thinks. */
const ALWAYS_FRESH = new Set(['delete_account']);

/** What can be set about an action, by the id of its provider (keycloak.md §3.2). */
export const propertiesOf = (providerId: string): ConfigProperty[] => [
  ...(ALWAYS_FRESH.has(providerId) ? [] : [MAX_AUTH_AGE]),
  ...(Object.hasOwn(OWN, providerId) ? OWN[providerId]! : []),
];

/** Keeps what is declared; a value that does not fit is refused by the name of its property. */
export function checkedConfig(providerId: string, config: Record<string, unknown>): Record<string, string> {
  const declared = propertiesOf(providerId).filter(
    ({ name }) => config[name] !== undefined && config[name] !== '',
  );
  return Object.fromEntries(
    declared.map(({ name, type }) => {
      const value = String(config[name]);
      const fits = type === 'boolean' ? /^(true|false)$/.test(value) : /^\d{1,9}$/.test(value);
      if (!fits)
        throw invalid(
          `${name} must be ${type === 'boolean' ? 'true or false' : 'a number of seconds'}`,
          name,
        );
      return [name, value];
    }),
  );
}
