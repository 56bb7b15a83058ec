import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { isUUID } from 'class-validator';
import { ClientArrivals } from '../../oidc/clients/client-arrivals.js';

const AT_ONCE = 5_000;

/** Which of the ids in a file somebody has on this server, in whatever realm. */
@Injectable()
export class TakenIds {
  constructor(
    private readonly bus: Bus,
    private readonly clients: ClientArrivals,
  ) {}

  async of(things: { id?: string }[]): Promise<Set<string>> {
    const ids = things.flatMap(({ id }) => (isUUID(id) ? [id!.toLowerCase()] : []));
    const taken = new Set<string>();
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const found = await Promise.all([
        this.bus.call(users.taken, { ids: some }),
        this.clients.takenIds(some),
      ]);
      for (const id of [...found[0].ids, ...found[1]]) taken.add(id);
    }
    return taken;
  }
}
