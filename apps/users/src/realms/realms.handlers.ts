import { searchable } from '@tumbler/database';
import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import {
  CreateRealm,
  FindMailSettings,
  FindRealm,
  ListRealms,
  RemoveRealm,
  UpdateRealm,
  users,
  type MailSettings,
  type Realm,
} from '@tumbler/contract-users';
import { AppError, conflict, invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { addManagementClients, renameManagementClient } from '../administrators/management-clients.js';
import { addFirstRoles } from '../roles/first-roles.js';
import { MailPasswords } from './mail-passwords.js';
import { homeOf, makeRealm, newRealm, realmMade, realmTaken } from './make-realm.js';
import { MASTER, REALM_DEFAULTS } from './realm-defaults.js';
import { RealmRow } from './realm.entity.js';
import { realmView } from './realm.view.js';
import { settingsToStore } from './realm-settings.js';

@Controller()
export class RealmsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly mailPasswords: MailPasswords,
  ) {}

  @Answers(users.findRealm)
  async find({ name }: FindRealm): Promise<Realm | null> {
    const row = await this.db.manager.findOneBy(RealmRow, { name: searchable(name) });
    return row && realmView(row);
  }

  @Answers(users.listRealms)
  async list(_: ListRealms): Promise<Realm[]> {
    return (await this.db.manager.find(RealmRow, { order: { name: 'asc' } })).map(realmView);
  }

  @Answers(users.mailSettings)
  async mailSettings({ realmId }: FindMailSettings): Promise<MailSettings> {
    const realm = await this.db.manager.findOneBy(RealmRow, { id: realmId });
    if (!realm) throw realmNotFound();
    const { settings, mailPasswordKey: keyId, mailPassword: data } = realm;
    const { smtpServer = REALM_DEFAULTS.smtpServer } = settings;
    if (!keyId || !data) return { smtpServer };
    return { smtpServer: { ...smtpServer, password: this.mailPasswords.open(realmId, { keyId, data }) } };
  }

  @Answers(users.createRealm)
  create({ by, id = randomUUID(), name, settings }: CreateRealm): Promise<Realm> {
    const realm = newRealm({ id, name, settings, createdAt: this.clock.now() }, this.mailPasswords);
    return this.outbox.transaction(async (tx, tell) => {
      await makeRealm(tx, realm);
      await addFirstRoles(tx, realm);
      await addManagementClients(tx, realm, by);
      await tell(...realmMade(by, realm));
      return realmView(realm);
    });
  }

  @Answers(users.updateRealm)
  update({ by, realmId, name, settings: sent }: UpdateRealm): Promise<Realm> {
    const settings = settingsToStore(sent);
    const password = this.mailPasswords.change(realmId, sent);
    const sealed = password.kind === 'set' ? password.sealed : undefined;
    // A password is kept for the server it was given for: else whoever was shown the mask could have it sent to their own.
    const kept = `$6 and coalesce(settings->'smtpServer'->>'host' = $3::jsonb->'smtpServer'->>'host', true)`;
    return this.outbox.transaction(async (tx, tell) => {
      // One statement, so that two administrators who change different settings at once both succeed.
      const [rows] = await tx
        .query<[RealmRow[], number]>(
          `update realm set
             name = coalesce($2::text, name),
             settings = settings || $3::jsonb,
             emails_unique = not coalesce(((settings || $3::jsonb)->>'duplicateEmailsAllowed')::boolean, $4),
             mail_password_key = case when ${kept} then mail_password_key else $7 end,
             mail_password = case when ${kept} then mail_password else $8::bytea end
           where id = $1 and (name <> $5 or coalesce($2::text, name) = $5)
           returning id, name, settings, mail_password_key as "mailPasswordKey"`,
          [
            realmId,
            name ?? null,
            settings,
            REALM_DEFAULTS.duplicateEmailsAllowed,
            MASTER,
            password.kind === 'kept',
            sealed?.keyId,
            sealed?.data,
          ],
        )
        .catch(
          explaining({
            realm_name: realmTaken(name ?? ''),
            realm_user_email: () => conflict('Users of this realm share an email', 'duplicateEmailsAllowed'),
          }),
        );
      const [realm] = rows;
      if (!realm) {
        if (await tx.existsBy(RealmRow, { id: realmId }))
          throw invalid(`Realm ${MASTER} cannot be renamed`, 'name');
        throw realmNotFound();
      }
      if (name !== undefined) await renameManagementClient(tx, realm);
      await tell(
        { type: 'realm.changed', realmId, data: { name: realm.name } },
        adminEvent(by, realmId, {
          operationType: 'UPDATE',
          resourceType: 'REALM',
          resourcePath: '',
          representation: { ...(name ? { name } : {}), ...settings },
        }),
      );
      return realmView(realm);
    });
  }

  @Answers(users.removeRealm)
  remove({ by, realmId }: RemoveRealm): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      const [rows] = await tx.query<[{ name: string }[], number]>(
        'delete from realm where id = $1 and name <> $2 returning name',
        [realmId, MASTER],
      );
      const [removed] = rows;
      if (!removed) {
        if (await tx.existsBy(RealmRow, { id: realmId })) throw invalid(`Realm ${MASTER} cannot be removed`);
        throw realmNotFound();
      }
      await tell(
        { type: 'realm.removed', realmId, data: { name: removed.name } },
        adminEvent(by, homeOf(by.realmId, realmId), {
          operationType: 'DELETE',
          resourceType: 'REALM',
          resourcePath: removed.name,
        }),
      );
      return {};
    });
  }
}

const realmNotFound = () => new AppError('realm_not_found', { message: 'Realm not found.' });
