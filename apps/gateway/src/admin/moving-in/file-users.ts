import type { ArrivingCredential } from '@tumbler/contract-credentials';
import type { UserFields } from '@tumbler/contract-users';
import { ArrayMaxSize, IsArray, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import { setImmediate } from 'node:timers/promises';
import { UserBody } from '../user.representation.js';
import { readCredentials } from './file-credentials.js';
import { namedRoles, type NamedRoles } from './file-roles.js';
import { isEmpty, listAt, namesAt, take, type Findings } from './findings.js';

class UserInFile extends UserBody {
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsInt() createdTimestamp?: number;
  @IsOptional() @IsArray() @ArrayMaxSize(1_000) realmRoles?: unknown[];
  @IsOptional() @IsObject() clientRoles?: Record<string, unknown>;
  @IsOptional() @IsString() serviceAccountClientId?: string;
  @IsOptional() @IsString() federationLink?: string;
  @IsOptional() @IsArray() federatedIdentities?: unknown[];
  @IsOptional() @IsArray() clientConsents?: unknown[];
}

const PASSED_OVER = ['self', 'origin', 'totp', 'disableableCredentialTypes', 'access', 'userProfileMetadata'];

export interface FileUser {
  place: string;
  id?: string;
  username: string;
  fields: Omit<UserFields, 'username' | 'requiredActions'>;
  createdTimestamp?: number;
  requiredActions?: string[];
  /** Absent where the file says nothing of roles. */
  roles?: NamedRoles;
  /** Paths. */
  groups?: { place: string; name: string }[];
  credentials: ArrivingCredential[];
  /** Has to choose another password at the first sign-in. */
  temporary: boolean;
  /** The name of the client that acts as this user. */
  serviceAccountOf?: string;
}

/** As many as are read before others get their turn. */
const AT_ONCE = 100;

export async function readUsers(
  input: unknown,
  findings: Findings,
  emailAsUsername: boolean,
): Promise<FileUser[]> {
  const users: FileUser[] = [];
  for (const [nth, { place, item }] of listAt(input, 'users', findings).entries()) {
    if (nth % AT_ONCE === 0) await setImmediate();
    const body = await take(UserInFile, item, { place, findings, passOver: PASSED_OVER });
    const user = body && readUser(body, place, findings, emailAsUsername);
    if (user) users.push(user);
  }
  return users;
}

function readUser(
  body: UserInFile,
  place: string,
  findings: Findings,
  emailAsUsername: boolean,
): FileUser | undefined {
  const {
    id,
    createdTimestamp,
    requiredActions,
    credentials,
    groups,
    realmRoles,
    clientRoles,
    serviceAccountClientId,
    federationLink,
    federatedIdentities,
    clientConsents,
    ...fields
  } = body;
  const username = fields.username?.trim() || (emailAsUsername ? fields.email?.trim() : '') || '';
  if (username === '') findings.wrong(`${place}.username`, 'User name is missing');
  if (federationLink) {
    findings.leftOut(
      place,
      `${username} lives in a directory outside, such as LDAP: no directories are read here`,
    );
    return undefined;
  }
  if (!isEmpty(federatedIdentities)) {
    findings.leftOut(
      `${place}.federatedIdentities`,
      'nobody signs in through another identity provider here',
    );
  }
  if (!isEmpty(clientConsents)) {
    findings.leftOut(`${place}.clientConsents`, 'consents are not carried over: users are asked again');
  }
  const { arriving, temporary } = readCredentials(credentials, `${place}.credentials`, findings);
  const saysRoles = realmRoles !== undefined || clientRoles !== undefined;
  const places = { realm: `${place}.realmRoles`, clients: `${place}.clientRoles` };
  return {
    ...{ place, id, username, createdTimestamp, requiredActions, temporary, credentials: arriving },
    fields: withoutUsername(fields),
    ...(saysRoles
      ? { roles: namedRoles({ realm: realmRoles, clients: clientRoles }, places, findings) }
      : {}),
    ...(groups ? { groups: namesAt(groups, `${place}.groups`, findings) } : {}),
    ...(serviceAccountClientId ? { serviceAccountOf: serviceAccountClientId } : {}),
  };
}

const withoutUsername = ({ username: _username, ...fields }: UserFields): FileUser['fields'] => fields;
