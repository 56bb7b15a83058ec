import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials, type CredentialView } from '@tumbler/contract-credentials';
import { users, type LoginUser } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import type { Realm } from '@tumbler/contract-users';
import { Clients } from '../oidc/clients/clients.js';
import { Consents } from '../oidc/consents/consents.js';
import { OFFLINE_ACCESS } from '../oidc/tokens/offline.js';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';
import { accountRights, type AccountRights } from './account-rights.js';

export interface Account {
  user: LoginUser;
  credentials: CredentialView[];
  sessions: Session[];
  applications: AccountApplication[];
  /** Providers of what the realm lets users do for themselves. */
  deeds: string[];
  rights: AccountRights;
  /** Something stands between the user and the door that was not there when the session began. */
  pending: boolean;
}

/** An application that may know something of the user, or go on when they are gone. */
export interface AccountApplication {
  clientId: string;
  name: string;
  scopes: string[];
  since: Date;
}

/**
 * What a user sees of themselves, and may do about it. A realm is filled before anybody's roles are looked at: one from
 * before there were roles of the account keeps nobody out for the want of them.
 */
@Injectable()
export class Accounts {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
    private readonly clients: Clients,
    private readonly consents: Consents,
  ) {}

  /** Undefined where the session is worth nothing any more: the user is gone, disabled, or signed out everywhere. */
  async look(realm: Realm, session: Session): Promise<Account | undefined> {
    const whose = { realmId: realm.id, userId: session.userId };
    await this.clients.fill(realm);
    const [{ user, actions }, has, sessions, applications] = await Promise.all([
      this.bus.call(users.get, whose),
      this.bus.call(credentials.list, whose),
      this.sessions.list(realm, session.userId),
      this.applications(realm, session.userId),
    ]);
    if (!user?.enabled || session.authTime.getTime() < user.notBefore * 1000) return undefined;
    const isAsked = actions.some(({ alias }) => user.requiredActions.includes(alias));
    const pending = isAsked || user.profileFaults !== undefined;
    const rights = accountRights(user);
    return {
      ...{ user, credentials: has, sessions, rights, pending },
      applications: rights.seeApplications ? applications : [],
      deeds: actions.map(({ providerId }) => providerId).filter((deed) => mayDo(rights, deed)),
    };
  }

  /** What the user may do now; nothing where they are gone or disabled. */
  async rightsOf(realm: Realm, { userId }: Session): Promise<AccountRights> {
    await this.clients.fill(realm);
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId });
    return accountRights(user?.enabled ? user : {});
  }

  /** One of the user's other sessions; one of somebody else is none. */
  async endSession(realm: Realm, { userId }: Session, sessionId: string, address: string): Promise<void> {
    const theirs = (await this.sessions.list(realm, userId)).find(({ id }) => id === sessionId);
    if (theirs) await this.signOut(theirs, address);
  }

  /** The application loses what it holds of the user, and has to ask again. */
  async revoke(
    realm: Realm,
    { id: sessionId, userId }: Session,
    clientId: string,
    address: string,
  ): Promise<void> {
    const client = await this.clients.byClientId(realm, clientId);
    if (!client) return;
    const data = { clientId, userId, sessionId, ipAddress: address };
    await this.consents.revoke(realm, client, userId, {
      ...{ type: 'REVOKE_GRANT', realmId: realm.id, subject: userId },
      data: { ...data, details: { revoked_client: clientId } },
    });
  }

  private async applications(realm: Realm, userId: string): Promise<AccountApplication[]> {
    const [consents, offline] = await Promise.all([
      this.consents.list(realm, userId),
      this.sessions.listOffline(realm, { userId }),
    ]);
    const consented = consents.map(({ clientId, clientName, scopes, createdAt }) => ({
      ...{ clientId, name: clientName || clientId, scopes, since: createdAt },
    }));
    const known = new Set(consented.map(({ clientId }) => clientId));
    const others = new Map(offline.map((each) => [each.clientId, each]));
    const away = [...others.values()].filter(({ clientId }) => !known.has(clientId));
    return [
      ...consented,
      ...away.map(({ clientId, createdAt }) => ({
        ...{ clientId, name: clientId, scopes: [OFFLINE_ACCESS], since: createdAt },
      })),
    ];
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

const DELETE_ACCOUNT = 'delete_account';

/** @param deed a provider, or what the address says of one: `NAME` or `NAME:PARAMETER` */
export const mayDo = (rights: AccountRights, deed: string): boolean =>
  deed.split(':')[0] === DELETE_ACCOUNT ? rights.delete : rights.change;
