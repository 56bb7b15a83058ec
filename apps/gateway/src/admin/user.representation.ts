import { GivenCredential } from '@tumbler/contract-credentials';
import { UserFields, type UserView } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, ValidateBy } from 'class-validator';
import type { Authority } from './authority.js';
import { asLists } from './attributes.js';
import { CREDENTIAL_FIELDS_PASSED_OVER } from './credential.representation.js';
import { asObject, represented, type Representation } from './input.js';

/** A user as an administrator hands one in. Absent keeps what is there. */
export class UserBody extends UserFields {
  /** Keycloak takes one text for a list of one. */
  @Transform(({ value }) => asLists(value))
  @ValidateBy({
    name: 'isAttributes',
    validator: {
      validate: isAttributes,
      defaultMessage: () => 'attributes must hold lists of strings',
    },
  })
  @IsOptional()
  declare attributes?: Record<string, string[]>;

  @IsOptional() @IsArray() @ArrayMaxSize(100) credentials?: GivenCredential[];

  /** Paths of groups that a new user is in. */
  @IsOptional() @IsArray() @ArrayMaxSize(1_000) @IsString({ each: true }) groups?: string[];
}

/** Fields that a client sends back as it read them. */
const PASSED_OVER = [
  'id',
  'self',
  'origin',
  'createdTimestamp',
  'totp',
  'federationLink',
  'serviceAccountClientId',
  'disableableCredentialTypes',
  'access',
  'userProfileMetadata',
] as const;

/** Known to Keycloak and not to be dropped in silence. */
const NOT_YET = [
  'realmRoles',
  'clientRoles',
  'applicationRoles',
  'clientConsents',
  'federatedIdentities',
  'socialLinks',
  'verifiableCredentials',
] as const;

const USER: Representation = { name: 'UserRepresentation', passOver: [...PASSED_OVER, ...NOT_YET] };
const CREDENTIAL: Representation = {
  name: 'CredentialRepresentation',
  passOver: CREDENTIAL_FIELDS_PASSED_OVER,
};

export async function readUser(input: unknown): Promise<UserBody> {
  refuseFilled(input, NOT_YET);
  const user = await represented(UserBody, input, USER);
  const credentials = user.credentials && (await Promise.all(user.credentials.map(readCredential)));
  return Object.assign(user, credentials && { credentials });
}

export const readCredential = (input: unknown): Promise<GivenCredential> =>
  represented(GivenCredential, input, CREDENTIAL);

/** Takes these fields empty, as a client may send them back, and refuses them with something in them. */
export function refuseFilled(input: unknown, fields: readonly string[]): void {
  const json = asObject(input);
  const filled = fields.find((field) => !isEmpty(json[field]));
  if (filled !== undefined) throw invalid(`${filled} cannot be set here yet`, filled);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** Keycloak's UserRepresentation. `totp` (the user has a code app) is there only where that was asked. */
export const userRepresentation = (user: UserView, totp?: boolean) => ({
  id: user.id,
  username: user.username,
  firstName: user.firstName,
  lastName: user.lastName,
  email: user.email,
  emailVerified: user.emailVerified,
  ...(Object.keys(user.attributes).length > 0 ? { attributes: user.attributes } : {}),
  enabled: user.enabled,
  createdTimestamp: user.createdTimestamp,
  ...(totp === undefined ? {} : { totp, disableableCredentialTypes: totp ? ['otp'] : [] }),
  requiredActions: user.requiredActions,
  notBefore: user.notBefore,
  access: {
    manage: true,
    manageGroupMembership: true,
    mapRoles: true,
    resetPassword: true,
    view: true,
    impersonate: false,
  },
});

/** What whoever asks may do with users; of one who has more rights than they have, the deed itself is refused. */
export function accessOf(rights: Authority, realm: string): ReturnType<typeof userRepresentation>['access'] {
  const manage = rights.may('manage-users', realm);
  return {
    ...{ manage, manageGroupMembership: manage, mapRoles: manage, resetPassword: manage, view: true },
    impersonate: rights.may('impersonation', realm),
  };
}

export const briefUser = ({ id, username, firstName, lastName, email, ...rest }: UserView) => ({
  id,
  username,
  firstName,
  lastName,
  email,
  emailVerified: rest.emailVerified,
  enabled: rest.enabled,
  createdTimestamp: rest.createdTimestamp,
});

function isAttributes(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (list) => Array.isArray(list) && list.every((item) => typeof item === 'string'),
    )
  );
}
