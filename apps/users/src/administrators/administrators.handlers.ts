import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  FindAdministrator,
  FindManagementClients,
  users,
  type Administrator,
  type ManagementClient,
} from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { EFFECTIVE_ROLES } from '../roles/effective-roles.js';
import { covers, createsRealms, isEverywhere, POWERS, powersOf, rightsOf, type Power } from './powers.js';

interface Found {
  username: string;
  enabled: boolean;
  notBefore: number;
  powers: Power[];
}

/** Who may administer what. */
@Controller()
export class AdministratorsHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(users.administrator)
  async administrator({ realmId, userId, target, over }: FindAdministrator): Promise<Administrator | null> {
    const [rows, wanted] = await Promise.all([
      this.db.query<Found[]>(
        `with recursive who as (select id from realm_user where realm_id = $1 and id = $2), ${EFFECTIVE_ROLES.user}
         select u.username, u.enabled, coalesce(floor(extract(epoch from u.not_before)), 0)::float8 as "notBefore",
           (select coalesce(json_agg(power), '[]') from (${POWERS}) power) as powers
           from who join realm_user u using (id)`,
        [realmId, userId],
      ),
      over === undefined ? [] : powersOf(this.db, 'user', [over]),
    ]);
    const [found] = rows;
    if (!found) return null;
    const { powers, ...user } = found;
    const shown = target === undefined ? powers : powers.filter(({ realm }) => realm === target);
    return {
      ...user,
      everywhere: isEverywhere(powers),
      createsRealms: createsRealms(powers),
      rights: Object.fromEntries([...rightsOf(shown)].map(([realm, rights]) => [realm, [...rights].sort()])),
      covers: covers(powers, wanted),
    };
  }

  @Answers(users.managementClients)
  managementClients({ realmId }: FindManagementClients): Promise<ManagementClient[]> {
    return this.db.query<ManagementClient[]>(
      `select id, realm_id as "realmId", name from client where manages = $1 order by realm_id = $1 desc`,
      [realmId],
    );
  }
}
