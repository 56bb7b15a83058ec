import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials, type CredentialView } from '@tumbler/contract-credentials';
import { users, type LoginUser } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import type { Realm } from '@tumbler/contract-users';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';

export interface Account {
  user: LoginUser;
  credentials: CredentialView[];
  sessions: Session[];
  /** Something stands between the user and the door that was not there when the session began. */
  pending: boolean;
}

/** What a user sees of themselves, and may do about it. */
@Injectable()
export class Accounts {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
  ) {}

  /** Undefined where the session is worth nothing any more: the user is gone, disabled, or signed out everywhere. */
  async look(realm: Realm, session: Session): Promise<Account | undefined> {
    const whose = { realmId: realm.id, userId: session.userId };
    const [{ user, actions }, has, sessions] = await Promise.all([
      this.bus.call(users.get, whose),
      this.bus.call(credentials.list, whose),
      this.sessions.list(realm, session.userId),
    ]);
    if (!user?.enabled || session.authTime.getTime() < user.notBefore * 1000) return undefined;
    const pending = actions.some(({ alias }) => user.requiredActions.includes(alias));
    return { user, credentials: has, sessions, pending };
  }

  /** The end of a session and the news of it, both or neither. */
  async signOut(session: Session, address: string): Promise<void> {
    const { id: sessionId, realmId, userId, clientId } = session;
    await this.outbox.transaction(async (tx, tell) => {
      if (!(await this.sessions.endIn(tx, realmId, sessionId))) return;
      await tell({
        type: 'LOGOUT',
        realmId,
        subject: userId,
        data: { clientId, userId, sessionId, ipAddress: address },
      });
    });
  }
}
