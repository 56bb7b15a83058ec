import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { credentialRepresentation } from './credential.representation.js';
import { idOf, texts, unlessFalse } from './input.js';
import { TargetRealm } from './target-realm.js';
import { UserChanges } from './user-changes.js';
import { readCredential } from './user.representation.js';

const UserId = () => Param('id', idOf('User not found'));
/** `false` lets the sessions of the user go on: they are ended otherwise, for whoever changed hands with the credential. */
const EndSessions = () => Query('logoutSessions', unlessFalse('logoutSessions'));
const CredentialId = (name = 'credentialId') => Param(name, idOf('Credential not found'));

@AdminController('realms/:realm/users/:id')
export class UserCredentialsController {
  constructor(
    private readonly bus: Bus,
    private readonly changes: UserChanges,
  ) {}

  @Needs('view-users')
  @Get('credentials')
  async list(@TargetRealm() realm: Realm, @UserId() userId: string) {
    const [list] = await Promise.all([
      this.bus.call(credentials.list, { realmId: realm.id, userId }),
      this.changes.view(realm, userId),
    ]);
    return list.map(credentialRepresentation);
  }

  @Needs('manage-users')
  @Put('reset-password')
  @HttpCode(204)
  async resetPassword(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @Body() input: object,
    @EndSessions() endSessions: boolean,
  ): Promise<void> {
    const { type, value, temporary = false } = await readCredential({ type: 'password', ...input });
    if (type !== 'password') throw invalid('Only a password can be reset', 'type');
    if (value === undefined) throw invalid('No password provided');
    if (value === '') throw invalid('Empty password not allowed');
    await this.changes.resetPassword(realm, by, userId, { password: value, temporary, endSessions });
  }

  @Needs('manage-users')
  @Delete('credentials/:credentialId')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @CredentialId() credentialId: string,
    @EndSessions() endSessions: boolean,
  ): Promise<void> {
    await this.changes.view(realm, userId);
    await this.changes.removeCredentials(realm, by, userId, { credentialIds: [credentialId], endSessions });
  }

  /** The label is the whole body, as plain text. */
  @Needs('manage-users')
  @Put('credentials/:credentialId/userLabel')
  @HttpCode(204)
  async rename(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @CredentialId() credentialId: string,
    @Body() input: unknown,
  ): Promise<void> {
    const label = input ?? '';
    if (typeof label !== 'string') throw invalid('The label was expected as plain text');
    if (label.trim() === '') throw invalid('missingCredentialLabel', 'userLabel');
    await this.bus.call(credentials.rename, { by, realmId: realm.id, userId, credentialId, label });
  }

  @Needs('manage-users')
  @Post('credentials/:credentialId/moveToFirst')
  @HttpCode(204)
  async moveToFirst(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @CredentialId() credentialId: string,
  ): Promise<void> {
    await this.bus.call(credentials.move, { by, realmId: realm.id, userId, credentialId });
  }

  @Needs('manage-users')
  @Post('credentials/:credentialId/moveAfter/:previousId')
  @HttpCode(204)
  async moveAfter(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @CredentialId() credentialId: string,
    @CredentialId('previousId') after: string,
  ): Promise<void> {
    await this.bus.call(credentials.move, { by, realmId: realm.id, userId, credentialId, after });
  }

  /** Takes away every credential of these types. */
  @Needs('manage-users')
  @Put('disable-credential-types')
  @HttpCode(204)
  async disable(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @Body(texts) types: string[],
    @EndSessions() endSessions: boolean,
  ): Promise<void> {
    await this.removeTypes(realm, by, userId, { types, endSessions });
  }

  /** Takes away every authenticator app; the official client still asks for it so. */
  @Needs('manage-users')
  @Put('remove-totp')
  @HttpCode(204)
  async removeTotp(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @EndSessions() endSessions: boolean,
  ): Promise<void> {
    await this.removeTypes(realm, by, userId, { types: ['otp'], endSessions });
  }

  /** Users are stored here and nowhere else. */
  @Needs('view-users')
  @Get('configured-user-storage-credential-types')
  async storedElsewhere(@TargetRealm() realm: Realm, @UserId() userId: string): Promise<string[]> {
    await this.changes.view(realm, userId);
    return [];
  }

  private async removeTypes(
    realm: Realm,
    by: Actor,
    userId: string,
    { types, endSessions }: { types: string[]; endSessions: boolean },
  ): Promise<void> {
    await this.changes.view(realm, userId);
    const has = await this.bus.call(credentials.has, { realmId: realm.id, userId });
    const credentialIds = has.filter(({ type }) => types.includes(type)).map(({ id }) => id);
    await this.changes.removeCredentials(realm, by, userId, { credentialIds, endSessions });
  }
}
