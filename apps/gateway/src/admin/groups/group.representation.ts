import type { GroupView } from '@tumbler/contract-users';
import { Transform } from 'class-transformer';
import { IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { asLists } from '../attributes.js';
import { represented } from '../input.js';

/** Keycloak's GroupRepresentation, as an administrator hands one in. */
export class GroupBody {
  /** Of a group that is moved to where it is sent. */
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @Transform(({ value }) => asLists(value))
  @IsOptional()
  @IsObject()
  attributes?: Record<string, string[]>;
}

/** Follow from other things, or are changed at addresses of their own. */
const PASSED_OVER = ['path', 'parentId', 'subGroupCount', 'subGroups', 'access', 'realmRoles', 'clientRoles'];

export const readGroup = (input: unknown): Promise<GroupBody> =>
  represented(GroupBody, input, { name: 'GroupRepresentation', passOver: PASSED_OVER });

/** Keycloak's GroupRepresentation, as it goes out. */
export interface GroupRepresentation {
  id: string;
  name: string;
  description?: string;
  path: string;
  parentId?: string;
  subGroupCount: number;
  subGroups: GroupRepresentation[];
  attributes?: Record<string, string[]>;
  access: Record<'view' | 'viewMembers' | 'manageMembers' | 'manage' | 'manageMembership', boolean>;
}

export const groupRepresentation = (group: GroupView, brief = false): GroupRepresentation => ({
  id: group.id,
  name: group.name,
  description: group.description,
  path: group.path,
  parentId: group.parentId,
  subGroupCount: group.subGroupCount,
  subGroups: group.subGroups.map((below) => groupRepresentation(below, brief)),
  ...(brief ? {} : { attributes: group.attributes }),
  access: { view: true, viewMembers: true, manageMembers: true, manage: true, manageMembership: true },
});
