import { PolicySettings } from '@tumbler/contract-credentials';
import { AuditConfig, BindingSettings } from '@tumbler/contract-flows';
import {
  MASK,
  REALM_NAME,
  REALM_NAME_RULE,
  RealmSettings,
  type RequiredAction,
  type UserProfile,
} from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { asObject, fieldsOf } from '../input.js';
import { mustBeLevels } from '../level-attributes.js';
import { PASSED_OVER, PASSED_OVER_GROUP } from '../realm.representation.js';
import { ActionBody } from '../required-action.representation.js';
import { readClients, type FileClient } from './file-clients.js';
import { readGroups, type FileGroup } from './file-groups.js';
import { readRoles, type FileRole } from './file-roles.js';
import { readScopes, type FileScope } from './file-scopes.js';
import { readUsers, type FileUser } from './file-users.js';
import { listAt, namesAt, objectAt, take, type Findings, type Json } from './findings.js';
import { tellNotCarried } from './not-carried.js';

/** What a realm holds, and an import into a realm can bring. */
export interface FileContents {
  roles: FileRole[];
  groups: FileGroup[];
  users: FileUser[];
  clients: FileClient[];
}

/** A realm as a file tells it, looked at piece by piece and not yet held together. */
export interface RealmFile extends FileContents {
  id?: string;
  name: string;
  settings: RealmSettings;
  policies: PolicySettings;
  bindings: BindingSettings;
  audit: AuditConfig;
  actions: RequiredAction[];
  profile?: UserProfile;
  flows: Json[];
  configs: Json[];
  scopes: FileScope[];
  /** Names of roles that every new user gets: one that brings the others along, and those that old files list. */
  defaultRole?: string;
  defaultRoles: { place: string; name: string }[];
  defaultGroups: { place: string; name: string }[];
}

/** What the contents of a file depend on. */
interface ContentsOf {
  emailAsUsername: boolean;
  /** Names of the scopes that clients can have besides the built-in ones. */
  scopeNames: string[];
}

const PARTS = ['roles', 'groups', 'users', 'clients'];
const OWN = [
  ...['id', 'realm', 'requiredActions', 'authenticationFlows', 'authenticatorConfig', 'clientScopes'],
  ...['components', 'defaultRole', 'defaultRoles', 'defaultGroups', ...PARTS],
];

export async function readRealmFile(input: unknown, findings: Findings): Promise<RealmFile> {
  const json = asObject(input);
  const settings = await part(RealmSettings, json, findings);
  const scopes = await readScopes(json, findings);
  const scopeNames = scopes.map(({ name }) => name);
  const file = {
    ...(typeof json.id === 'string' ? { id: json.id } : {}),
    name: nameOf(json.realm, findings),
    settings: withTexts(settings, findings),
    policies: await part(PolicySettings, json, findings, ['otpPolicyCodeReusable']),
    bindings: await part(BindingSettings, json, findings),
    audit: await part(AuditConfig, json, findings),
    actions: await readActions(json.requiredActions, findings),
    ...readProfile(json.components, findings),
    flows: objects(json.authenticationFlows, 'authenticationFlows', findings),
    configs: objects(json.authenticatorConfig, 'authenticatorConfig', findings),
    scopes,
    ...readDefaults(json, findings),
    ...(await readContents(json, findings, {
      emailAsUsername: settings.registrationEmailAsUsername ?? false,
      scopeNames,
    })),
  };
  const known = new Set([
    ...OWN,
    ...[RealmSettings, PolicySettings, BindingSettings, AuditConfig].flatMap((Class) => fieldsOf(Class)),
    ...PASSED_OVER,
  ]);
  tellNotCarried(json, (field) => known.has(field) || PASSED_OVER_GROUP.test(field), findings);
  return file;
}

/** What of a file an import into a realm takes; of the rest it is told that it goes with a new realm only. */
export async function readPartialFile(
  input: unknown,
  findings: Findings,
  about: ContentsOf,
): Promise<FileContents> {
  const json = asObject(input);
  const contents = await readContents(json, findings, about);
  const inRealm = new Set([
    ...['authenticationFlows', 'authenticatorConfig', 'requiredActions', 'components', 'clientScopes'],
  ]);
  tellNotCarried(
    json,
    (field) => !inRealm.has(field),
    findings,
    'it comes with a new realm, not into one that is there',
  );
  return contents;
}

async function readContents(
  json: Json,
  findings: Findings,
  { emailAsUsername, scopeNames }: ContentsOf,
): Promise<FileContents> {
  return {
    roles: await readRoles(json.roles, findings),
    groups: await readGroups(json.groups, findings),
    users: await readUsers(json.users, findings, emailAsUsername),
    clients: await readClients(json.clients, findings, scopeNames),
  };
}

async function part<Q extends object>(
  Class: new () => Q,
  json: Json,
  findings: Findings,
  droppable: string[] = [],
): Promise<Q> {
  const own = fieldsOf(Class).map((field): [string, unknown] => [field, json[field]]);
  const said = Object.fromEntries(own.filter(([, value]) => value !== undefined && value !== null));
  return (await take(Class, said, { place: '', findings, droppable })) ?? new Class();
}

function nameOf(value: unknown, findings: Findings): string {
  if (typeof value === 'string' && REALM_NAME.test(value)) return value;
  findings.wrong('realm', value === undefined ? 'Realm name cannot be empty' : REALM_NAME_RULE.message);
  return '';
}

function withTexts(settings: RealmSettings, findings: Findings): RealmSettings {
  for (const field of ['attributes', 'smtpServer'] as const) {
    if (!settings[field]) continue;
    const entries = Object.entries<unknown>(settings[field]).filter(([, value]) => value !== null);
    if (entries.some(([, value]) => typeof value === 'object'))
      findings.wrong(field, `${field} must hold strings`);
    settings[field] = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  }
  try {
    if (settings.attributes) mustBeLevels(settings.attributes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    findings.wrong('attributes', error.message);
  }
  if (settings.smtpServer?.password === MASK) {
    findings.leftOut('smtpServer.password', 'the file shows a mask in its place: set it afterwards');
    const { password: _mask, ...server } = settings.smtpServer;
    return { ...settings, smtpServer: server };
  }
  return settings;
}

async function readActions(input: unknown, findings: Findings): Promise<RequiredAction[]> {
  const actions: RequiredAction[] = [];
  for (const { place, item } of listAt(input, 'requiredActions', findings)) {
    const body = await take(ActionBody, item, { place, findings });
    if (!body) continue;
    const { alias, providerId = alias, name = providerId, ...rest } = body;
    if (!providerId || !name) findings.wrong(`${place}.alias`, 'a required action has an alias');
    else actions.push({ ...rest, alias: alias ?? providerId, providerId, name });
  }
  return actions;
}

const PROFILE = 'org.keycloak.userprofile.UserProfileProvider';

/** The profile lies in a text within a component. */
function readProfile(components: unknown, findings: Findings): { profile?: UserProfile } {
  const { [PROFILE]: providers } = Object(components) as Json;
  const [first] = listAt(providers, `components.${PROFILE}`, findings);
  if (!first) return {};
  const place = `${first.place}.config.kc.user.profile.config`;
  const { config } = Object(first.item) as { config?: Json };
  const [text] = [config?.['kc.user.profile.config']].flat();
  if (typeof text !== 'string') return {};
  try {
    const profile = objectAt(JSON.parse(text), place, findings);
    const { attributes = [], groups, unmanagedAttributePolicy } = { ...profile } as Partial<UserProfile>;
    return {
      profile: {
        attributes,
        ...(groups ? { groups } : {}),
        ...(unmanagedAttributePolicy ? { unmanagedAttributePolicy } : {}),
      },
    };
  } catch {
    findings.wrong(place, 'it is no JSON');
    return {};
  }
}

function readDefaults(json: Json, findings: Findings) {
  const { name } = Object(json.defaultRole) as Json;
  return {
    ...(typeof name === 'string' ? { defaultRole: name } : {}),
    defaultRoles: namesAt(json.defaultRoles, 'defaultRoles', findings),
    defaultGroups: namesAt(json.defaultGroups, 'defaultGroups', findings),
  };
}

const objects = (value: unknown, at: string, findings: Findings): Json[] =>
  listAt(value, at, findings).map(({ item, place }) => objectAt(item, place, findings) ?? {});
