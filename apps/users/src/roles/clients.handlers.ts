import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { ForgetClient, NameClient, users } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { explaining } from '../db/broken-constraint.js';
import { searchable } from '../text.js';
import { clientTaken } from './clients.js';

/** What the gateway, which keeps the clients, says of those that have roles. */
@Controller()
export class ClientsHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(users.nameClient)
  async name({ realmId, client: { id, name } }: NameClient): Promise<Record<string, never>> {
    await this.db
      .query('update client set name = $3 where realm_id = $1 and id = $2', [realmId, id, searchable(name)])
      .catch(explaining({ client_name: clientTaken(name) }));
    return {};
  }

  @Answers(users.forgetClient)
  async forget({ realmId, clientId }: ForgetClient): Promise<Record<string, never>> {
    await this.db.query('delete from client where realm_id = $1 and id = $2', [realmId, clientId]);
    return {};
  }
}
