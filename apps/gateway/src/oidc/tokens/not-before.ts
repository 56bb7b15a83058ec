import type { LoginUser, Realm } from '@tumbler/contract-users';
import type { Client } from '../clients/client-settings.js';

/** Seconds since 1970: what an application was given for a user before this is void. */
export const notBeforeOf = (
  realm: Pick<Realm, 'notBefore'>,
  client: Pick<Client, 'notBefore'>,
  user: Pick<LoginUser, 'notBefore'>,
): number => Math.max(realm.notBefore, client.notBefore, user.notBefore);
