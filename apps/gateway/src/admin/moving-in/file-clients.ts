import { AppError } from '@tumbler/errors';
import { MASK } from '@tumbler/contract-users';
import { ClientSettings } from '../../oidc/clients/client-settings.js';
import { BUILT_IN_NAMES } from '../../oidc/clients/built-in-scopes.js';
import { isMapper } from '../../oidc/tokens/protocol-mappers.js';
import { ClientBody, readClient } from '../clients/client.representation.js';
import { unfitKeys } from '../clients/key-attributes.js';
import { fieldsOf } from '../input.js';
import { isEmpty, listAt, objectAt, type Findings, type Json } from './findings.js';

export interface FileClient {
  place: string;
  id?: string;
  clientId: string;
  body: ClientBody;
  /** Ids or aliases of flows. */
  flows: Record<string, string>;
}

/** Clients that every realm has: here they are Tumbler's own, whatever they were elsewhere. */
export const BUILT_IN: readonly string[] = [
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
];
export const isBuiltInClient = (clientId: string): boolean => BUILT_IN.includes(clientId);

const PASSED_OVER = new Set([
  ...['access', 'origin', 'type', 'defaultRoles', 'registeredNodes', 'registrationAccessToken'],
  ...['authorizationServicesEnabled', 'authorizationSettings'],
]);

/** What is left out, and not wrong, where it holds what is not offered here. */
const DROPPABLE = new Set([
  ...['implicitFlowEnabled', 'consentRequired', 'clientAuthenticatorType', 'rootUrl', 'baseUrl', 'adminUrl'],
  ...['attributes', 'defaultClientScopes', 'optionalClientScopes', 'protocolMappers'],
]);

export async function readClients(
  input: unknown,
  findings: Findings,
  scopeNames: string[],
): Promise<FileClient[]> {
  const isScope = (name: unknown) =>
    typeof name === 'string' && (scopeNames.includes(name) || SCOPES.has(name));
  const clients: FileClient[] = [];
  for (const { place, item } of listAt(input, 'clients', findings)) {
    const json = objectAt(item, place, findings);
    const client = json && (await readOne(json, place, findings, isScope));
    if (client) clients.push(client);
  }
  return clients;
}

async function readOne(
  json: Json,
  place: string,
  findings: Findings,
  isScope: (name: unknown) => boolean,
): Promise<FileClient | undefined> {
  const { id, clientId, protocol } = json;
  if (typeof clientId !== 'string' || clientId === '') {
    findings.wrong(`${place}.clientId`, 'clientId is missing');
    return undefined;
  }
  const about = { place, clientId, ...(typeof id === 'string' ? { id } : {}) };
  if (isBuiltInClient(clientId)) return { ...about, body: { clientId }, flows: {} };
  if (typeof protocol === 'string' && protocol !== 'openid-connect') {
    findings.leftOut(place, `${clientId} speaks ${protocol}: only OpenID Connect is offered here`);
    return undefined;
  }
  const { authenticationFlowBindingOverrides, ...rest } = pruned(json, place, findings, isScope);
  const body = await readBody(rest, place, findings);
  if (!body) return undefined;
  const overrides = Object.entries(authenticationFlowBindingOverrides ?? {});
  const named = overrides.filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return { ...about, body, flows: Object.fromEntries(named) };
}

/** What can be taken of it: one thing that is not offered here does not keep the client out. */
function pruned(json: Json, place: string, findings: Findings, isScope: (name: unknown) => boolean): Json {
  const known = new Set([...fieldsOf(ClientBody), ...fieldsOf(ClientSettings)]);
  const kept: Json = {};
  for (const [field, value] of Object.entries(json)) {
    if (field === 'id' || value === null || (field === 'secret' && value === '')) continue;
    if (known.has(field)) kept[field] = value;
    else if (!PASSED_OVER.has(field) && !isEmpty(value))
      findings.leftOut(`${place}.${field}`, 'this is not known here');
  }
  if (json.authorizationServicesEnabled === true) {
    findings.leftOut(`${place}.authorizationSettings`, 'authorization services are not offered');
  }
  if (kept.secret === MASK) {
    findings.leftOut(`${place}.secret`, 'the file shows a mask in its place: the client gets a new one');
    delete kept.secret;
  }
  if (typeof kept.attributes === 'object' && kept.attributes !== null) {
    const attributes = { ...kept.attributes } as Json;
    for (const { name, reason } of unfitKeys(attributes)) {
      findings.leftOut(`${place}.attributes.${name}`, reason);
      delete attributes[name];
    }
    kept.attributes = attributes;
  }
  const without = (field: string, isOffered: (item: unknown) => string | undefined) => {
    if (!Array.isArray(kept[field])) return;
    kept[field] = listAt(kept[field], `${place}.${field}`, findings).flatMap(({ place: at, item }) => {
      const reason = isOffered(item);
      if (reason) findings.leftOut(at, reason);
      return reason ? [] : [item];
    });
  };
  without('redirectUris', (uri) =>
    typeof uri === 'string' && /[*#]/.test(uri)
      ? `${uri} stands for many addresses: a redirect goes to exactly what is registered (RFC 9700 §2.1)`
      : undefined,
  );
  without('webOrigins', (origin) =>
    typeof origin === 'string' && !ORIGIN.test(origin)
      ? `${origin} is no origin such as https://app.example.org`
      : undefined,
  );
  for (const field of ['defaultClientScopes', 'optionalClientScopes']) {
    without(field, (name) => (isScope(name) ? undefined : `there is no client scope ${String(name)} here`));
  }
  without('protocolMappers', (mapper) => {
    const { protocolMapper } = Object(mapper) as Json;
    const isOffered = typeof protocolMapper === 'string' && isMapper(protocolMapper);
    return isOffered ? undefined : `there is no mapper ${String(protocolMapper)} here`;
  });
  return kept;
}

async function readBody(json: Json, place: string, findings: Findings): Promise<ClientBody | undefined> {
  const said = { ...json };
  for (;;) {
    try {
      return await readClient(said);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { field = '', message = 'it cannot be read', fields = [{ field, message }] } = error.details;
      const [dropped] = fields.filter(
        (wrong) => DROPPABLE.has(wrong.field) && said[wrong.field] !== undefined,
      );
      if (!dropped) {
        for (const wrong of fields)
          findings.wrong([place, wrong.field].filter(Boolean).join('.'), wrong.message);
        return undefined;
      }
      findings.leftOut(`${place}.${dropped.field}`, dropped.message);
      delete said[dropped.field];
    }
  }
}

const ORIGIN = /^(?:\+|\*|https?:\/\/[^/\s*?#]+)$/;
/** Those about SAML or organizations a client may name. */
const SCOPES = new Set([
  ...BUILT_IN_NAMES,
  'role_list',
  'saml_organization',
  'organization',
  'service_account',
]);
