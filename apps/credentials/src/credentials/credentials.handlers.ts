import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  credentials,
  type CredentialSummary,
  type CredentialView,
  type EraseUser,
  type ListCredentials,
  type MoveCredential,
  type RemoveCredential,
  type RenameCredential,
  type WhoHasCredential,
} from '@tumbler/contract-credentials';
import { conflict, invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { isUniqueViolation } from '../db/unique-violation.js';
import { Accounts, summaries } from './accounts.js';
import { adminEvent } from './admin-event.js';
import { credentialView } from './credential.view.js';
import { Erasures } from './erasures.js';

type Done = Record<string, never>;

/** What a user has, for logins and administrators. */
@Controller()
export class CredentialsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly accounts: Accounts,
    private readonly outbox: Outbox,
    private readonly erasures: Erasures,
  ) {}

  @Answers(credentials.has)
  async has(who: ListCredentials): Promise<CredentialSummary[]> {
    const { credentials: all } = await this.accounts.load(who, 'password');
    return summaries(all);
  }

  @Answers(credentials.list)
  async list(who: ListCredentials): Promise<CredentialView[]> {
    const { credentials: all } = await this.accounts.load(who, 'password');
    return all.map(credentialView);
  }

  @Answers(credentials.whoHas)
  async whoHas({ realmId, userIds, type }: WhoHasCredential): Promise<string[]> {
    const rows = await this.db.query<{ userId: string }[]>(
      `select distinct user_id as "userId" from credential where realm_id = $1 and user_id = any($2) and type = $3`,
      [realmId, userIds, type],
    );
    return rows.map(({ userId }) => userId);
  }

  @Answers(credentials.rename)
  async rename({ realmId, userId, credentialId, label }: RenameCredential): Promise<Done> {
    const name = label.trim();
    if (!name) throw invalid('missingCredentialLabel', 'userLabel');
    const [, renamed] = await this.db
      .query<[unknown, number]>(
        'update credential set label = $4 where id = $3 and realm_id = $1 and user_id = $2',
        [realmId, userId, credentialId, name],
      )
      .catch((error: unknown) => {
        if (isUniqueViolation(error)) throw conflict('Device already exists with the same name', 'userLabel');
        throw error;
      });
    if (renamed === 0) throw notFound('Credential not found');
    return {};
  }

  @Answers(credentials.remove)
  async remove({ by, realmId, userId, credentialId }: RemoveCredential): Promise<Done> {
    await this.outbox.transaction(async (tx, tell) => {
      const [[removed]] = await tx.query<[{ type: string }[], number]>(
        'delete from credential where id = $3 and realm_id = $1 and user_id = $2 returning type',
        [realmId, userId, credentialId],
      );
      if (!removed) throw notFound('Credential not found');
      await tell(
        {
          type: 'credential.removed',
          realmId,
          subject: userId,
          data: { userId, credentialId, credentialType: removed.type },
        },
        ...adminEvent(realmId, by, {
          operationType: 'DELETE',
          resourceType: 'USER',
          resourcePath: `users/${userId}/credentials/${credentialId}`,
        }),
      );
    });
    return {};
  }

  @Answers(credentials.move)
  async move({ realmId, userId, credentialId, after }: MoveCredential): Promise<Done> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<{ id: string }[]>(
        `select id from credential where realm_id = $1 and user_id = $2
          order by priority, created_at, id for update`,
        [realmId, userId],
      );
      const ids = rows.map(({ id }) => id);
      if (!ids.includes(credentialId) || (after && !ids.includes(after)))
        throw notFound('Credential not found');
      if (after === credentialId) return;
      const order = ids.filter((id) => id !== credentialId);
      order.splice(after ? order.indexOf(after) + 1 : 0, 0, credentialId);
      await tx.query(
        `update credential c set priority = o.position * 10
           from unnest($1::uuid[]) with ordinality o (id, position) where c.id = o.id`,
        [order],
      );
    });
    return {};
  }

  @Answers(credentials.eraseUser)
  async eraseUser({ realmId, userId }: EraseUser): Promise<Done> {
    await this.erasures.erase(realmId, [userId]);
    return {};
  }
}
