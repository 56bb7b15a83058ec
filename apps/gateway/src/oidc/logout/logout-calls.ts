import { Injectable } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import { AdminActions } from '../admin-actions.js';
import type { Client } from '../clients/client-settings.js';
import { postToApplication, wasTaken } from '../post-to-application.js';
import { AccessTokens, type EndedSession } from '../tokens/access-tokens.js';
import { AdapterSessions } from './adapter-sessions.js';

/**
 * Tells one application that one session has ended: by OpenID Connect Back-Channel Logout 1.0 where it has an address for
 * that, and otherwise as Keycloak's adapters expect it. Answers what went wrong; undefined where it heard, or has no address.
 */
@Injectable()
export class LogoutCalls {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly actions: AdminActions,
    private readonly adapterSessions: AdapterSessions,
  ) {}

  tell(realm: Realm, client: Client, ended: EndedSession): Promise<string | undefined> {
    const url = client.attributes['backchannel.logout.url'];
    return url ? this.postToken(realm, client, ended, url) : this.postAction(realm, client, ended);
  }

  private async postToken(
    realm: Realm,
    client: Client,
    ended: EndedSession,
    url: string,
  ): Promise<string | undefined> {
    if (!URL.canParse(url)) return undefined;
    const body = new URLSearchParams({
      logout_token: await this.tokens.signLogoutToken(realm, client, ended),
    });
    const status = await postToApplication(url, body);
    return wasTaken(status) ? undefined : `answered ${status}`;
  }

  /** Only where there are sessions to name: an adapter that hears no names refuses everything from before. */
  private async postAction(
    realm: Realm,
    client: Client,
    { sessionId }: EndedSession,
  ): Promise<string | undefined> {
    const names = client.adminUrl ? await this.adapterSessions.toEnd(sessionId, client) : [];
    if (names.length === 0) return undefined;
    const { failedRequests } = await this.actions.logout(realm, client, sessionId, names);
    return failedRequests.length === 0
      ? undefined
      : `did not take it at ${failedRequests.length} of its addresses`;
  }
}
