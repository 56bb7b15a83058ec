import { credentials } from '@tumbler/contract-credentials';
import { users } from '@tumbler/contract-users';
import type { Decides, Settled, Turn } from '../authenticator.js';

/** Lets those in who are signed in already. The gateway has verified the session; whether the user may still come in is looked at here. */
export const cookie: Decides = {
  kind: 'decides',
  id: 'auth-cookie',
  displayName: 'Cookie',
  description: 'Validates the SSO cookie set by the auth server.',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  async decide({ login: { realm, session }, bus }: Turn): Promise<Settled> {
    if (!session) return { kind: 'attempted' };
    const who = { realmId: realm.id, userId: session.userId };
    const [found, has] = await Promise.all([bus.call(users.get, who), bus.call(credentials.has, who)]);
    const { user } = found;
    if (!user?.enabled || session.authTime < user.notBefore) return { kind: 'attempted' };
    return { kind: 'passed', found, credentials: has, session };
  },
};
