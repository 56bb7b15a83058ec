import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials, type GivenCredential } from '@tumbler/contract-credentials';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm, type UserFields, type UserView } from '@tumbler/contract-users';
import { AppError, invalid, notFound } from '@tumbler/errors';
import { Sessions } from '../sessions/sessions.js';
import { mustBeSet, PolicyRefusal } from './policy-refusal.js';
import type { UserBody } from './user.representation.js';

const UPDATE_PASSWORD = 'UPDATE_PASSWORD';

/** What an administrator does to a user where it takes more than one service. */
@Injectable()
export class UserChanges {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
  ) {}

  /** Throws `not_found` "User not found". */
  async view({ id: realmId }: Realm, userId: string): Promise<UserView> {
    const user = await this.bus.call(users.view, { realmId, userId });
    if (!user) throw notFound('User not found');
    return user;
  }

  /** Credentials first: a user who exists can sign in, and what is left of one who was refused is erased. */
  async create(
    realm: Realm,
    by: Actor,
    { credentials: given, groups: paths = [], ...fields }: UserBody,
  ): Promise<string> {
    const username =
      fields.username?.trim() || (realm.registrationEmailAsUsername ? fields.email : undefined);
    if (!username) throw invalid('User name is missing', 'username');
    const userId = randomUUID();
    const realmId = realm.id;
    const groups = await this.groupsAt(realm, paths);
    if (given?.length) {
      mustBeSet(await this.bus.call(credentials.set, { by, realmId, userId, username, credentials: given }));
    }
    try {
      const asked = withPasswordAction(fields, given, fields.requiredActions ?? []);
      await this.bus.call(users.create, { by, realmId, userId, fields: asked, groups });
    } catch (error) {
      // Where no answer came, the user may be there after all, and is not to be left without a password.
      const refused = error instanceof AppError && error.status < 500;
      if (refused && given?.length) await this.bus.call(credentials.eraseUser, { realmId, userId });
      throw error;
    }
    return userId;
  }

  async update(realm: Realm, by: Actor, userId: string, body: UserBody): Promise<void> {
    // Which groups a user is in is changed at addresses of its own.
    const { credentials: given, groups: _there, ...fields } = body;
    const realmId = realm.id;
    const before = given?.length ? await this.view(realm, userId) : undefined;
    // The action before the password: between the two, the user is asked to change what is not there yet.
    const asked = before
      ? withPasswordAction(fields, given, fields.requiredActions ?? before.requiredActions)
      : fields;
    await this.bus.call(users.update, { by, realmId, userId, fields: asked });
    if (before && given) {
      const { username } = before;
      mustBeSet(await this.bus.call(credentials.set, { by, realmId, userId, username, credentials: given }));
    }
    if (fields.enabled) await this.forgiveFailures(realmId, by, userId);
    if (fields.enabled === false || before) await this.sessions.endOfUser(realmId, userId);
  }

  async remove({ id: realmId }: Realm, by: Actor, userId: string): Promise<void> {
    await this.bus.call(users.remove, { by, realmId, userId });
    await this.sessions.endOfUser(realmId, userId);
  }

  /** Somebody who knew the old password is signed out with it, unless the administrator knows that it was nobody else. */
  async resetPassword(
    realm: Realm,
    by: Actor,
    userId: string,
    { password, temporary, endSessions }: { password: string; temporary: boolean; endSessions: boolean },
  ): Promise<void> {
    const { username, email, requiredActions } = await this.view(realm, userId);
    const about = { realmId: realm.id, userId };
    const asked = requiredActions.includes(UPDATE_PASSWORD);
    // In this order, so that there is no moment at which a temporary password opens the door by itself.
    if (temporary && !asked) {
      const fields = { requiredActions: [...requiredActions, UPDATE_PASSWORD] };
      await this.bus.call(users.update, { by, ...about, fields });
    }
    try {
      mustBeSet(await this.bus.call(credentials.setPassword, { by, ...about, password, username, email }));
    } catch (error) {
      const refused = error instanceof PolicyRefusal;
      if (refused && temporary && !asked) await this.finishPasswordAction(about);
      throw error;
    }
    if (!temporary && asked) await this.finishPasswordAction(about);
    if (endSessions) await this.sessions.endOfUser(realm.id, userId);
  }

  /** Whoever holds a session or a token of this user from before has one of nobody. */
  async signOutEverywhere({ id: realmId }: Realm, by: Actor, userId: string): Promise<void> {
    const notBefore = this.clock.seconds();
    await this.bus.call(users.update, { by, realmId, userId, fields: { notBefore } });
    await this.sessions.endOfUser(realmId, userId);
  }

  /**
   * A factor that is reset was lost, or somebody else has it: its sessions end too (mistakes.md: "Factor reset should say
   * what happens to trusted devices"), unless the administrator knows better.
   */
  async removeCredentials(
    { id: realmId }: Realm,
    by: Actor,
    userId: string,
    { credentialIds, endSessions }: { credentialIds: string[]; endSessions: boolean },
  ): Promise<void> {
    for (const credentialId of credentialIds) {
      await this.bus.call(credentials.remove, { by, realmId, userId, credentialId });
    }
    if (endSessions && credentialIds.length > 0) await this.sessions.endOfUser(realmId, userId);
  }

  private groupsAt({ id: realmId }: Realm, paths: string[]): Promise<string[]> {
    return Promise.all(
      paths.map(async (path) => {
        const group = await this.bus.call(users.findGroup, { realmId, path });
        if (!group) throw invalid(`Unable to find group specified by path: ${path}`, 'groups');
        return group.id;
      }),
    );
  }

  /** Switching a user on forgives what led to a lock-out; where there is nothing to forgive, nothing is told of it. */
  private async forgiveFailures(realmId: string, by: Actor, userId: string): Promise<void> {
    const status = await this.bus.call(credentials.failures, { realmId, userId });
    if (!status.disabled && status.numFailures === 0 && status.numSecondaryAuthFailures === 0) return;
    await this.bus.call(credentials.clearFailures, { by, realmId, userId });
  }

  private async finishPasswordAction(about: { realmId: string; userId: string }): Promise<void> {
    await this.bus.call(users.finishAction, { ...about, alias: UPDATE_PASSWORD });
  }
}

/** A temporary password is one that has to be changed. */
function withPasswordAction(
  fields: UserFields,
  given: GivenCredential[] | undefined,
  actions: string[],
): UserFields {
  const temporary = given?.some(({ type, temporary }) => type === 'password' && temporary) ?? false;
  if (!temporary || actions.includes(UPDATE_PASSWORD)) return fields;
  return { ...fields, requiredActions: [...actions, UPDATE_PASSWORD] };
}
