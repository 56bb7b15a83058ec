import { PolicySettings, type Policies } from '@tumbler/contract-credentials';
import { AuditConfig, BindingSettings, type Bindings } from '@tumbler/contract-flows';
import { validated, type Payload } from '@tumbler/contract-rpc';
import { REALM_NAME, REALM_NAME_RULE, RealmSettings, type Realm } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { Authority } from './authority.js';
import { asObject, fieldsOf, unrecognized } from './input.js';
import { mustBeLevels } from './level-attributes.js';
import { readAction, type ActionBody } from './required-action.representation.js';
import { readUser, refuseFilled, type UserBody } from './user.representation.js';

/** A RealmRepresentation that came in, by who looks after which part of it. */
export interface RealmParts {
  id?: string;
  name?: string;
  settings: RealmSettings;
  policies: PolicySettings;
  bindings: BindingSettings;
  audit: AuditConfig;
  /** Of a new realm only. */
  users: UserBody[];
  requiredActions: ActionBody[];
}

/** Keycloak's fields that Tumbler gives no meaning: taken, since clients send back what another server once told them. */
export const PASSED_OVER = [
  'accessTokenLifespanForImplicitFlow',
  'accountTheme',
  'adminPermissionsEnabled',
  'adminTheme',
  'browserSecurityHeaders',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
  'defaultRole',
  'emailTheme',
  'keycloakVersion',
  'localizationTexts',
  'loginTheme',
  'organizationsEnabled',
  'otpSupportedApplications',
  'requiredCredentials',
  'scimApiEnabled',
  'userManagedAccessAllowed',
  'verifiableCredentialsEnabled',
] as const;
export const PASSED_OVER_GROUP = /^(webAuthnPolicy|clientPolicies$|clientProfiles$)/;

/** What would be lost if it were passed over is refused, unless it is empty. */
const NOT_YET = [
  'adminPermissionsClient',
  'authenticationFlows',
  'authenticatorConfig',
  'clientScopeMappings',
  'clientScopes',
  'clients',
  'components',
  'defaultGroups',
  'defaultRoles',
  'federatedUsers',
  'groups',
  'identityProviderMappers',
  'identityProviders',
  'organizations',
  'protocolMappers',
  'roles',
  'scopeMappings',
  'userFederationMappers',
  'userFederationProviders',
] as const;

/** Reads all of it before anything is written: a field that is wrong leaves the realm as it was. */
export async function readRealm(input: unknown): Promise<RealmParts> {
  const json = asObject(input);
  refuseFilled(json, NOT_YET);
  const said = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
  const parts = {
    settings: RealmSettings,
    policies: PolicySettings,
    bindings: BindingSettings,
    audit: AuditConfig,
  };
  const known = new Set<string>([
    ...['id', 'realm', 'users', 'requiredActions'],
    ...Object.values(parts).flatMap((Class) => fieldsOf(Class)),
    ...PASSED_OVER,
    ...NOT_YET,
  ]);
  const stranger = Object.keys(said).find((field) => !known.has(field) && !PASSED_OVER_GROUP.test(field));
  if (stranger !== undefined) throw unrecognized('RealmRepresentation', stranger, json);
  if (said.id !== undefined && !isUUID(said.id)) throw invalid('id must be a UUID', 'id');

  return {
    id: said.id as string | undefined,
    name: nameOf(said.realm),
    settings: withStringAttributes(await part(parts.settings, said)),
    policies: await part(parts.policies, said),
    bindings: await part(parts.bindings, said),
    audit: await part(parts.audit, said),
    users: await each(said, 'users', readUser),
    requiredActions: await each(said, 'requiredActions', readAction),
  };
}

function part<Q extends object>(Class: Payload<Q>, said: Record<string, unknown>): Promise<Q> {
  const own = fieldsOf(Class).filter((field) => said[field] !== undefined);
  return validated(Class, Object.fromEntries(own.map((field) => [field, said[field]])));
}

function nameOf(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && REALM_NAME.test(value))) return value;
  throw invalid(REALM_NAME_RULE.message, 'realm');
}

async function each<T>(
  said: Record<string, unknown>,
  field: string,
  read: (input: unknown) => Promise<T>,
): Promise<T[]> {
  const list = said[field] ?? [];
  if (!Array.isArray(list)) throw invalid(`${field} must be an array`, field);
  return Promise.all(list.map(read));
}

function withStringAttributes(settings: RealmSettings): RealmSettings {
  for (const field of ['attributes', 'smtpServer'] as const) {
    const wrong = Object.values(settings[field] ?? {}).some((value) => typeof value !== 'string');
    if (wrong) throw invalid(`${field} must hold strings`, field);
  }
  if (settings.attributes) mustBeLevels(settings.attributes);
  return settings;
}

export const realmRepresentation = ({ name, ...realm }: Realm) => ({ ...realm, realm: name });

/** Keycloak's RealmRepresentation, put together from those who look after its parts. */
export const wholeRealm = (realm: Realm, policies: Policies, bindings: Bindings, audit: AuditConfig) => ({
  ...realmRepresentation(realm),
  ...policies,
  ...bindings,
  ...audit,
});

export const briefRealm = ({ id, name, displayName, enabled }: Realm) => ({
  id,
  realm: name,
  displayName,
  enabled,
});

/** For those who administer something else in the realm: its name, and what whoever makes users wants to know. */
export const reducedRealm = (realm: Realm, rights: Authority) => ({
  id: realm.id,
  realm: realm.name,
  displayName: realm.displayName,
  enabled: realm.enabled,
  ...(rights.may('view-users', realm.name)
    ? {
        registrationEmailAsUsername: realm.registrationEmailAsUsername,
        loginWithEmailAllowed: realm.loginWithEmailAllowed,
        duplicateEmailsAllowed: realm.duplicateEmailsAllowed,
        editUsernameAllowed: realm.editUsernameAllowed,
      }
    : {}),
});
