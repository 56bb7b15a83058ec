import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { AddAction, FinishAction, GetUser, Identify, users, type FoundUser } from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { areAttributes } from '../attributes.js';
import { REALM_DEFAULTS } from '../realms/realm-defaults.js';
import { canonical } from './canonical.js';
import { UserFinder, finding } from './user-finder.js';
import { userNotFound } from './user-not-found.js';

/** A username goes before an e-mail address: nobody gets between users and their names by claiming an address. */
const BY_NAME = finding(`
  select * from realm_user where id = coalesce(
    (select u.id from realm_user u where u.realm_id = $1 and u.username = $2),
    (select u.id from realm_user u join realm r on r.id = u.realm_id
      where u.realm_id = $1 and u.email = $2 and u.emails_unique
        and coalesce((r.settings->>'loginWithEmailAllowed')::boolean, $3)))`);

const BY_ID = finding('select * from realm_user where id = $2 and realm_id = $1');

/** What a login asks. */
@Controller()
export class LoginsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly finder: UserFinder,
  ) {}

  @Answers(users.identify)
  identify({ realmId, name }: Identify): Promise<FoundUser> {
    const { loginWithEmailAllowed } = REALM_DEFAULTS;
    return this.finder.find(BY_NAME, [realmId, searchable(canonical(name)), loginWithEmailAllowed]);
  }

  @Answers(users.get)
  get({ realmId, userId }: GetUser): Promise<FoundUser> {
    return this.finder.find(BY_ID, [realmId, userId]);
  }

  @Answers(users.addAction)
  async addAction({ realmId, userId, alias }: AddAction): Promise<Record<string, never>> {
    const [, changed] = await this.db.query<[unknown[], number]>(
      `with wanted as (
         select coalesce((select a.provider_id from required_action a where a.realm_id = $1 and a.alias = $3), $3) as id
       )
       update realm_user u
          set required_actions = array_append(array_remove(u.required_actions, wanted.id), wanted.id)
         from wanted where u.realm_id = $1 and u.id = $2`,
      [realmId, userId, searchable(alias)],
    );
    if (changed === 0) throw userNotFound();
    return {};
  }

  @Answers(users.finishAction)
  async finishAction({
    realmId,
    userId,
    alias,
    emailVerified,
    attributes,
  }: FinishAction): Promise<Record<string, never>> {
    if (attributes && !areAttributes(attributes)) throw invalid('error-invalid-value', 'attributes');
    const [, changed] = await this.db.query<[unknown[], number]>(
      `update realm_user u set
         required_actions = array_remove(u.required_actions, coalesce(
           (select a.provider_id from required_action a where a.realm_id = u.realm_id and a.alias = $3), $3)),
         email_verified = coalesce($4, u.email_verified),
         attributes = u.attributes || coalesce($5::jsonb, '{}')
       where u.realm_id = $1 and u.id = $2`,
      [realmId, userId, searchable(alias), emailVerified ?? null, attributes ?? null],
    );
    if (changed === 0) throw userNotFound();
    return {};
  }
}
