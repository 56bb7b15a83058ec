import type { ProfileAttribute, Realm, UserProfile } from '@tumbler/contract-users';
import { IsArray, IsOptional, IsString } from 'class-validator';
import { represented } from '../input.js';

/** Keycloak's UPConfig. What an attribute of it may be, users knows. */
export class ProfileBody {
  @IsArray() attributes: UserProfile['attributes'];
  @IsOptional() @IsArray() groups?: UserProfile['groups'];
  @IsOptional() @IsString() unmanagedAttributePolicy?: UserProfile['unmanagedAttributePolicy'];
}

export const readProfile = (input: unknown): Promise<ProfileBody> =>
  represented(ProfileBody, input, { name: 'UPConfig' });

const ADMIN = 'admin';

/** Keycloak's UserProfileMetadata: what a page of the console needs to know to let an administrator edit a user. */
export const profileMetadata = (realm: Realm, { attributes, groups = [] }: UserProfile, isThere = false) => ({
  attributes: attributes
    .filter(({ permissions }) => permissions?.view?.includes(ADMIN) || permissions?.edit?.includes(ADMIN))
    .map((attribute) => ({
      name: attribute.name,
      displayName: attribute.displayName,
      required: isRequired(realm, attribute),
      readOnly: isReadOnly(realm, attribute, isThere),
      group: attribute.group,
      annotations: attribute.annotations,
      validators: attribute.validations ?? {},
      multivalued: attribute.multivalued ?? false,
      defaultValue: attribute.defaultValue,
    })),
  groups,
});

function isRequired({ registrationEmailAsUsername }: Realm, { name, required }: ProfileAttribute): boolean {
  if (name === 'username') return !registrationEmailAsUsername;
  return Boolean(required && (!required.roles?.length || required.roles.includes(ADMIN)));
}

function isReadOnly(realm: Realm, { name, permissions }: ProfileAttribute, isThere: boolean): boolean {
  if (name === 'username' && isThere && !realm.editUsernameAllowed) return true;
  return !permissions?.edit?.includes(ADMIN);
}
