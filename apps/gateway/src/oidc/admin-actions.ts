import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Realm } from '@tumbler/contract-users';
import type { Client } from './clients/client-settings.js';
import { postToApplication, wasTaken } from './post-to-application.js';
import { absolute } from './provider/client-metadata.js';
import { AccessTokens } from './tokens/access-tokens.js';

/** Requests that are under way at a time. */
const AT_ONCE = 20;

/** Keycloak's GlobalRequestResult: the addresses that took it, and those that did not. */
export interface RequestResult {
  successRequests: string[];
  failedRequests: string[];
}

/** What Keycloak's adapters are told at the `adminUrl` of their client, or of each of its nodes: a text that is signed. */
@Injectable()
export class AdminActions {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  /** Whatever was given out before this is void: for applications that verify tokens by themselves. */
  pushNotBefore(realm: Realm, clients: Client[]): Promise<RequestResult> {
    return this.tell(realm, clients, 'k_push_not_before', (client) => ({
      action: 'PUSH_NOT_BEFORE',
      // An adapter keeps one time: that of the realm is not to be undone by that of a client.
      notBefore: Math.max(realm.notBefore, client.notBefore),
    }));
  }

  /** A session has ended: the application is to end those that it keeps beside it, which it named when it asked for tokens. */
  logout(
    realm: Realm,
    client: Client,
    sessionId: string,
    adapterSessionIds: string[],
  ): Promise<RequestResult> {
    return this.tell(realm, [client], 'k_logout', () => ({
      ...{ action: 'LOGOUT', notBefore: 0 },
      ...{ adapterSessionIds, keycloakSessionIds: [sessionId] },
    }));
  }

  /** All sessions have ended: without names, an adapter takes nothing from before now. */
  logoutAll(realm: Realm, clients: Client[]): Promise<RequestResult> {
    const enabled = clients.filter((client) => client.enabled);
    return this.tell(realm, enabled, 'k_logout', (client) => ({
      action: 'LOGOUT',
      notBefore: Math.max(this.clock.seconds(), realm.notBefore, client.notBefore),
    }));
  }

  testAvailable(realm: Realm, client: Client): Promise<RequestResult> {
    return this.tell(realm, [client], 'k_test_available', () => ({ action: 'TEST_AVAILABLE' }));
  }

  private async tell(
    realm: Realm,
    clients: Client[],
    path: string,
    actionOf: (client: Client) => Record<string, unknown>,
  ): Promise<RequestResult> {
    const result: RequestResult = { successRequests: [], failedRequests: [] };
    const all = clients.flatMap((client) => this.addressesOf(client).map((url) => ({ client, url })));
    for (let first = 0; first < all.length; first += AT_ONCE) {
      await Promise.all(
        all.slice(first, first + AT_ONCE).map(async ({ client, url }) => {
          const action = { resource: client.clientId, ...actionOf(client) };
          const answer = await postToApplication(
            below(url, path),
            await this.tokens.signAdminAction(realm, action),
          );
          result[wasTaken(answer) ? 'successRequests' : 'failedRequests'].push(url);
        }),
      );
    }
    return result;
  }

  /** Of each node that is registered and has not been silent for too long; without any, the one that is set. */
  private addressesOf(client: Client): string[] {
    const [base] = client.adminUrl ? absolute(client, client.adminUrl) : [];
    if (!base || !URL.canParse(base)) return [];
    const { nodeReRegistrationTimeout: timeout, registeredNodes } = client;
    const oldest = timeout > 0 ? this.clock.seconds() - timeout : 0;
    const nodes = Object.entries(registeredNodes).filter(([, since]) => since >= oldest);
    return nodes.length === 0 ? [base] : nodes.map(([host]) => at(base, host));
  }
}

const at = (base: string, hostname: string): string => Object.assign(new URL(base), { hostname }).href;

const below = (base: string, path: string): string => {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url.href;
};
