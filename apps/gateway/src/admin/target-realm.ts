import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';

/** The realm that administrators are from. */
export const MASTER = 'master';

/** Asks anew each time: an administrator reads what was written just before, on whatever instance. */
@Injectable()
export class RealmByName implements PipeTransform<string, Promise<Realm>> {
  constructor(private readonly bus: Bus) {}

  async transform(name: string): Promise<Realm> {
    const realm = await this.bus.call(users.findRealm, { name });
    if (!realm) throw new AppError('realm_not_found');
    return realm;
  }
}

/** The realm that is administered, by the name in the address. */
export const TargetRealm = () => Param('realm', RealmByName);
