import { credentials } from '@tumbler/contract-credentials';
import { users } from '@tumbler/contract-users';
import { keptOf, leadsFurther } from '../../engine/levels.js';
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

  async decide({ login: { realm, session }, facts, flow, now, bus }: Turn): Promise<Settled> {
    if (!session) return { kind: 'attempted' };
    const who = { realmId: realm.id, userId: session.userId };
    const [found, has] = await Promise.all([bus.call(users.get, who), bus.call(credentials.has, who)]);
    const { user } = found;
    if (!user?.enabled || session.authTime < user.notBefore) return { kind: 'attempted' };
    const keptLevels = keptOf(flow, session.levels ?? {}, now);
    const brought = { found, credentials: has, session, keptLevels };
    // The session says who it is; for a higher level than it has reached, the rest of the flow asks for more.
    const isEnough = !leadsFurther(flow, { ...facts.levels, kept: keptLevels });
    return { kind: isEnough ? 'passed' : 'attempted', ...brought };
  },
};
