import { Body, HttpCode, Param, Put, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type SendLink } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { GatewayConfig } from '../config.js';
import { Clients } from '../oidc/clients/clients.js';
import { redirectUrisOf } from '../oidc/provider/client-metadata.js';
import { loginRealm, mailedLinks } from '../realms/login-realm.js';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { idOf, texts } from './input.js';
import { TargetRealm } from './target-realm.js';

/** The client that stands for this server's own pages. */
const ACCOUNT_CLIENT = 'account';

type MailQuery = Partial<Record<'lifespan' | 'client_id' | 'redirect_uri', unknown>>;

/** Links that an administrator sends to a user (keycloak.md §5.2). */
@AdminController('realms/:realm/users/:id')
export class UserMailController {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('manage-users')
  @Put('execute-actions-email')
  @HttpCode(204)
  async executeActions(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id', idOf('User not found')) userId: string,
    @Query() query: MailQuery,
    @Body(texts) actions: string[],
  ): Promise<void> {
    await this.send(realm, by, userId, query, { kind: 'execute-actions', actions });
  }

  /** Keycloak's older way to say the same. */
  @Needs('manage-users')
  @Put('reset-password-email')
  @HttpCode(204)
  async resetPassword(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id', idOf('User not found')) userId: string,
    @Query() query: MailQuery,
  ): Promise<void> {
    await this.send(realm, by, userId, query, { kind: 'execute-actions', actions: ['UPDATE_PASSWORD'] });
  }

  @Needs('manage-users')
  @Put('send-verify-email')
  @HttpCode(204)
  async verifyEmail(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id', idOf('User not found')) userId: string,
    @Query() query: MailQuery,
  ): Promise<void> {
    await this.send(realm, by, userId, query, { kind: 'verify-email' });
  }

  private async send(
    realm: Realm,
    by: Actor,
    userId: string,
    query: MailQuery,
    what: Pick<SendLink, 'kind' | 'actions'>,
  ): Promise<void> {
    const target = await this.targetOf(realm, query);
    const lifespan = lifespanOf(query);
    await this.bus.call(flows.sendLink, {
      ...{ by, userId, ...what, ...target },
      realm: { ...loginRealm(realm), ...mailedLinks(realm, this.config.publicUrl) },
      ...(lifespan ? { lifespan } : {}),
    });
  }

  /** Where the user may go on afterwards: to an address that the client has registered, and nowhere else. */
  private async targetOf(
    realm: Realm,
    { client_id: clientId, redirect_uri: redirectUri }: MailQuery,
  ): Promise<Pick<SendLink, 'clientId' | 'redirectUri'>> {
    if (!clientId && redirectUri) throw invalid('Client id missing');
    if (!clientId) return { clientId: ACCOUNT_CLIENT };
    const client = typeof clientId === 'string' && (await this.clients.byClientId(realm, clientId));
    if (!client) throw invalid("Client doesn't exist");
    if (!client.enabled) throw invalid('Client is not enabled');
    if (!redirectUri) return { clientId: client.clientId };
    const known = typeof redirectUri === 'string' && redirectUrisOf(client).includes(redirectUri);
    if (!known) throw invalid('Invalid redirect uri.');
    return { clientId: client.clientId, redirectUri };
  }
}

function lifespanOf({ lifespan }: MailQuery): number | undefined {
  if (lifespan === undefined) return undefined;
  if (typeof lifespan !== 'string' || !/^[1-9]\d{0,8}$/.test(lifespan)) {
    throw invalid('lifespan: a whole number of seconds was expected');
  }
  return Number(lifespan);
}
