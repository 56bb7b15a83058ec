import { AppError } from '@tumbler/errors';
import { isBuiltIn, type Assigned } from '../../oidc/clients/built-in-scopes.js';
import { isMapper } from '../../oidc/tokens/protocol-mappers.js';
import { readScope, type ReadScope } from '../clients/client-scope.representation.js';
import { listAt, objectAt, type Findings, type Json } from './findings.js';

/** A client scope of the realm's own. Those that every realm has are as they are here. */
export interface FileScope extends ReadScope {
  name: string;
  assigned: Assigned;
}

/** About SAML or organizations: every realm elsewhere has them. */
const ELSEWHERE = ['role_list', 'saml_organization', 'organization', 'service_account'];

export async function readScopes(json: Json, findings: Findings): Promise<FileScope[]> {
  const scopes: FileScope[] = [];
  for (const { place, item } of listAt(json.clientScopes, 'clientScopes', findings)) {
    const said = objectAt(item, place, findings);
    const name = said?.name;
    if (!said || typeof name !== 'string' || isBuiltIn(name) || ELSEWHERE.includes(name)) continue;
    if (said.protocol !== undefined && said.protocol !== 'openid-connect') {
      findings.leftOut(place, `${name} is not for OpenID Connect`);
      continue;
    }
    if (scopes.some((scope) => scope.name === name))
      findings.wrong(`${place}.name`, `there are two scopes ${name}`);
    const scope = await readOne(said, place, findings);
    if (scope) scopes.push({ ...scope, name, assigned: assignedIn(json, name) });
  }
  return scopes;
}

async function readOne(said: Json, place: string, findings: Findings): Promise<ReadScope | undefined> {
  const at = `${place}.protocolMappers`;
  const mappers = listAt(said.protocolMappers, at, findings).flatMap(({ place: where, item }) => {
    const { protocolMapper } = Object(item) as Json;
    if (typeof protocolMapper === 'string' && isMapper(protocolMapper)) return [item];
    findings.leftOut(where, `there is no mapper ${String(protocolMapper)} here`);
    return [];
  });
  const { id: _own, ...rest } = said;
  try {
    return await readScope({ ...rest, protocolMappers: mappers });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message = 'it cannot be read', field } = error.details;
    findings.wrong([place, field].filter(Boolean).join('.'), message);
    return undefined;
  }
}

function assignedIn(
  { defaultDefaultClientScopes, defaultOptionalClientScopes }: Json,
  name: string,
): Assigned {
  if ([defaultDefaultClientScopes].flat().includes(name)) return 'default';
  return [defaultOptionalClientScopes].flat().includes(name) ? 'optional' : 'none';
}
