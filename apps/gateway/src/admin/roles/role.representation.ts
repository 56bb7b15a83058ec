import type { Realm, RoleView } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { IsObject, IsOptional, IsString, isUUID, MaxLength } from 'class-validator';
import { asObject, represented } from '../input.js';

/** Keycloak's RoleRepresentation. */
export class RoleBody {
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsOptional() @IsObject() attributes?: Record<string, string[]>;
  /** Names of the roles that a new role brings along. */
  @IsOptional() @IsObject() composites?: { realm?: string[]; client?: Record<string, string[]> };
}

/** Follow from other things, or from the address. */
const PASSED_OVER = ['composite', 'clientRole', 'containerId', 'scopeParamRequired'];

export const readRole = (input: unknown): Promise<RoleBody> =>
  represented(RoleBody, input, { name: 'RoleRepresentation', passOver: PASSED_OVER });

/** A role that is spoken of: by its id, or by its name where its place is known. */
export interface NamedRole {
  id?: string;
  name?: string;
}

export function readRoles(input: unknown): NamedRole[] {
  if (!Array.isArray(input)) throw invalid('An array of roles was expected');
  return input.map((each) => {
    const { id, name } = asObject(each);
    if (isUUID(id)) return { id: id as string };
    if (typeof name === 'string') return { name };
    throw invalid('Each role must have an id or a name', 'id');
  });
}

export const roleRepresentation = (realm: Realm, role: RoleView, brief = false) => ({
  id: role.id,
  name: role.name,
  description: role.description,
  composite: role.composite,
  clientRole: role.client !== undefined,
  containerId: role.client?.id ?? realm.id,
  ...(brief ? {} : { attributes: role.attributes }),
});

/** Roles by who has them, as groups tell theirs. */
export function rolesByContainer(roles: RoleView[]) {
  const clientRoles: Record<string, string[]> = {};
  for (const { name, client } of roles) if (client) (clientRoles[client.name] ??= []).push(name);
  return { realmRoles: roles.filter(({ client }) => !client).map(({ name }) => name), clientRoles };
}
