import { RoleBody } from '../roles/role.representation.js';
import { asLists } from '../attributes.js';
import { entriesAt, listAt, namesAt, objectAt, take, type Findings } from './findings.js';

/** Roles that are named: of the realm, or of clients by theirs. */
export interface NamedRoles {
  realm: { place: string; name: string }[];
  clients: { place: string; client: string; name: string }[];
}

export interface FileRole {
  place: string;
  id?: string;
  name: string;
  /** The name of the client that it is a role of. */
  client?: string;
  description?: string;
  attributes?: Record<string, string[]>;
  parts: NamedRoles;
}

/** Keycloak's RolesRepresentation: those of the realm, and those of each client. */
export async function readRoles(input: unknown, findings: Findings): Promise<FileRole[]> {
  if (input === undefined || input === null) return [];
  const { realm, client } = objectAt(input, 'roles', findings) ?? {};
  const roles: FileRole[] = [];
  for (const { place, item } of listAt(realm, 'roles.realm', findings)) {
    const role = await readRole(item, place, findings);
    if (role) roles.push(role);
  }
  for (const { key, item: list, place: at } of entriesAt(client, 'roles.client', findings)) {
    for (const { place, item } of listAt(list, at, findings)) {
      const role = await readRole(item, place, findings);
      if (role) roles.push({ ...role, client: key });
    }
  }
  return roles;
}

async function readRole(input: unknown, place: string, findings: Findings): Promise<FileRole | undefined> {
  const passOver = ['composite', 'clientRole', 'containerId', 'scopeParamRequired'];
  const body = await take(RoleBody, input, { place, findings, passOver });
  if (!body) return undefined;
  const { id, name = '', description, attributes, composites } = body;
  if (name.trim() === '') findings.wrong(`${place}.name`, 'role has no name');
  const { realm, client, application } = { ...composites } as Record<string, unknown>;
  const at = `${place}.composites`;
  return {
    ...{ place, id, name: name.trim(), description },
    attributes: asLists(attributes) as FileRole['attributes'],
    parts: namedRoles(
      { realm, clients: client ?? application },
      { realm: `${at}.realm`, clients: `${at}.client` },
      findings,
    ),
  };
}

export function namedRoles(
  said: { realm: unknown; clients: unknown },
  places: { realm: string; clients: string },
  findings: Findings,
): NamedRoles {
  return {
    realm: namesAt(said.realm, places.realm, findings),
    clients: entriesAt(said.clients, places.clients, findings).flatMap(({ key: client, item, place }) =>
      namesAt(item, place, findings).map((named) => ({ ...named, client })),
    ),
  };
}
