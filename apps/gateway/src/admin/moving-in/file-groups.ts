import { IsArray, IsObject, IsOptional } from 'class-validator';
import { GroupBody } from '../groups/group.representation.js';
import { namedRoles, type NamedRoles } from './file-roles.js';
import { listAt, take, type Findings } from './findings.js';

class GroupInFile extends GroupBody {
  @IsOptional() @IsArray() subGroups?: unknown[];
  @IsOptional() @IsArray() realmRoles?: unknown[];
  @IsOptional() @IsObject() clientRoles?: Record<string, unknown>;
}

export interface FileGroup {
  place: string;
  id?: string;
  name: string;
  /** The names from the top down: `/staff/night shift`. */
  path: string;
  /** The path of the group above. */
  above?: string;
  description?: string;
  attributes?: Record<string, string[]>;
  roles: NamedRoles;
}

/** Those above before those below. */
export async function readGroups(
  input: unknown,
  findings: Findings,
  at = 'groups',
  above?: string,
): Promise<FileGroup[]> {
  const groups: FileGroup[] = [];
  const passOver = ['path', 'parentId', 'subGroupCount', 'access'];
  for (const { place, item } of listAt(input, at, findings)) {
    const body = await take(GroupInFile, item, { place, findings, passOver });
    if (!body) continue;
    const { id, name = '', description, attributes, subGroups, realmRoles, clientRoles } = body;
    if (name.trim() === '') findings.wrong(`${place}.name`, 'Group name is missing');
    const path = `${above ?? ''}/${name.trim()}`;
    const places = { realm: `${place}.realmRoles`, clients: `${place}.clientRoles` };
    groups.push({
      ...{ place, id, name: name.trim(), path, above, description, attributes },
      roles: namedRoles({ realm: realmRoles, clients: clientRoles }, places, findings),
    });
    groups.push(...(await readGroups(subGroups, findings, `${place}.subGroups`, path)));
  }
  return groups;
}
