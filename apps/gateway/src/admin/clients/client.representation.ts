import { randomUUID } from 'node:crypto';
import { SIGNING_ALGORITHMS } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { ALGORITHM_ATTRIBUTES, isSigningAlgorithm } from '../../oidc/keys/algorithms.js';
import { ClientSettings, isConfidential, type Client } from '../../oidc/clients/client-settings.js';
import { asObject, mustBeStorable, represented, type Representation } from '../input.js';
import { mustBeLevels } from '../level-attributes.js';
import { isPrivateKey, mustBeKeys } from './key-attributes.js';
import { mustBeLifespans } from './lifespan-attributes.js';
import { readMapper } from './protocol-mapper.representation.js';

/** A client as an administrator hands one in. Absent keeps what is there. */
export class ClientBody extends ClientSettings {
  @IsOptional() @IsUUID() id?: string;
  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'clientId may hold printable ASCII without spaces (RFC 6749 §A.1)' })
  @MaxLength(255)
  clientId?: string;
  @IsOptional() @IsString() @Length(1, 1024) secret?: string;
}

const CLIENT: Representation = {
  name: 'ClientRepresentation',
  passOver: [
    'access',
    'origin',
    'type',
    'defaultRoles',
    'registeredNodes',
    'registrationAccessToken',
    'authorizationServicesEnabled',
    'authorizationSettings',
  ],
};

/** Scopes of Keycloak's that are about SAML or organizations: a client that came from there may name them. */
const ELSEWHERE = new Set(['role_list', 'saml_organization', 'organization', 'service_account']);

/** Fields that hold texts by their names. */
export const TEXTS = ['attributes', 'authenticationFlowBindingOverrides'] as const;

/** Throws `invalid_request`. */
export async function readClient(input: unknown): Promise<ClientBody> {
  if (asObject(input).authorizationServicesEnabled === true) {
    throw invalid('authorization services are not offered', 'authorizationServicesEnabled');
  }
  const body = await represented(ClientBody, input, CLIENT);
  mustBeStorable(body);
  const noAddress = body.redirectUris?.find((uri) => !uri.startsWith('/') && !URL.canParse(uri));
  if (noAddress !== undefined) throw invalid(`${noAddress} is no address`, 'redirectUris');
  for (const field of TEXTS) {
    const texts = body[field];
    if (texts) body[field] = textsOf(texts, field);
  }
  const unknown = ALGORITHM_ATTRIBUTES.find((name) => {
    const algorithm = body.attributes?.[name];
    return algorithm !== undefined && !isSigningAlgorithm(algorithm);
  });
  if (unknown) throw invalid(`${unknown} may be one of ${SIGNING_ALGORITHMS.join(', ')}`, 'attributes');
  if (body.attributes) {
    mustBeLevels(body.attributes);
    mustBeKeys(body.attributes);
    mustBeLifespans(body.attributes);
  }
  for (const field of ['defaultClientScopes', 'optionalClientScopes'] as const) {
    const asked = body[field]?.filter((name) => !ELSEWHERE.has(name));
    if (asked) body[field] = asked;
  }
  if (body.protocolMappers) {
    body.protocolMappers = await Promise.all(
      body.protocolMappers.map(async (mapper) => ({
        ...(await readMapper(mapper)),
        id: mapper.id ?? randomUUID(),
      })),
    );
  }
  return body;
}

/** The same of a new client: where nothing is said of `webOrigins`, they are those of its redirect URIs, as in Keycloak. */
export async function readNewClient(input: unknown): Promise<ClientBody> {
  const body = await readClient(input);
  const pages = (body.redirectUris ?? []).filter((uri) => /^https?:/i.test(uri));
  return { webOrigins: [...new Set(pages.map((uri) => new URL(uri).origin))], ...body };
}

/** The same of a client that is there already: an empty text in `TEXTS` is to be taken away. */
export async function readClientChange(input: unknown): Promise<ClientBody> {
  const body = await readClient(input);
  for (const field of TEXTS) {
    if (body[field]) body[field] = { ...emptied((input as ClientBody)[field]), ...body[field] };
  }
  return body;
}

const emptied = (values: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value === null || value === '')
      .map(([name]) => [name, '']),
  );

/** Keycloak takes null for what is to be taken away, and numbers and switches for texts. */
function textsOf(values: Record<string, unknown>, field: string): Record<string, string> {
  const said = Object.entries(values).filter(
    ([name, value]) => value !== null && value !== '' && !isPrivateKey(name),
  );
  const texts = said.map(([name, value]): [string, string] => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw invalid(`${field} must hold texts`, field);
    return [name, String(value)];
  });
  return Object.fromEntries(texts);
}

/** Keycloak's ClientRepresentation. */
export const clientRepresentation = (client: Client, manage: boolean, secret?: string) => {
  const {
    realmId: _realm,
    serviceAccountId: _account,
    manages: _manages,
    scopeRoles: _roles,
    registeredNodes,
    ...rest
  } = client;
  return {
    ...rest,
    ...(isConfidential(client) && secret !== undefined ? { secret } : {}),
    ...(Object.keys(registeredNodes).length > 0 ? { registeredNodes } : {}),
    authorizationServicesEnabled: undefined,
    access: { view: true, configure: manage, manage },
  };
};

/** For those who may know which clients there are, and no more of them. */
export const briefClient = ({ id, clientId, description }: Client) => ({ id, clientId, description });
