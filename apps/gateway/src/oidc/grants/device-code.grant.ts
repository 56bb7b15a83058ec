import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { Sessions } from '../../sessions/sessions.js';
import { DeviceCodes } from '../device/device-codes.js';
import { invalidGrant, missingParameter, OAuthError } from '../oauth-error.js';
import { undisguised } from '../provider/offline-scope.js';
import { ClientScopes } from '../clients/client-scopes.js';
import { Consents } from '../consents/consents.js';
import { grantedScope } from '../tokens/claims.js';
import { FirstTokens } from '../tokens/first-tokens.js';
import { tokenSession } from '../tokens/token-session.js';
import { TokenResponses } from '../tokens/token-response.js';
import type { Grant, GrantRequest, TokenResponse } from './grant.js';

/** RFC 8628 §3.5 */
const REFUSALS = {
  unknown: () => invalidGrant('Device code not valid'),
  expired: () => new OAuthError(400, 'expired_token', 'Device code is expired'),
  'too soon': () => new OAuthError(400, 'slow_down', 'Slow down'),
};

/** RFC 8628 §3.4: a device asks, again and again, whether its user has let it in. */
@Injectable()
export class DeviceCodeGrant implements Grant {
  constructor(
    private readonly bus: Bus,
    private readonly codes: DeviceCodes,
    private readonly sessions: Sessions,
    private readonly firstTokens: FirstTokens,
    private readonly responses: TokenResponses,
    private readonly outbox: Outbox,
    private readonly scopes: ClientScopes,
    private readonly consents: Consents,
  ) {}

  async answer({ realm, client, visitor, form }: GrantRequest): Promise<TokenResponse> {
    const { device_code: deviceCode } = form;
    if (!deviceCode) throw missingParameter('device_code');
    const { clientId } = client;
    const polled = await this.codes.poll(realm, deviceCode, clientId);
    if (polled.kind !== 'known') throw REFUSALS[polled.kind]();
    const { accountId: userId, sessionUid, acr, scope: approved, error } = polled.payload;
    if (error) throw new OAuthError(400, 'access_denied', 'The end user denied the authorization request');
    if (!userId || !sessionUid) {
      throw new OAuthError(400, 'authorization_pending', 'The authorization request is still pending');
    }
    if (!(await this.codes.spend(realm, deviceCode))) throw REFUSALS.unknown();

    const [session, { user }] = await Promise.all([
      this.sessions.use(realm, sessionUid),
      this.bus.call(users.get, { realmId: realm.id, userId }),
    ]);
    if (!session || session.userId !== userId) throw invalidGrant('Session not active');
    if (!user?.enabled) throw invalidGrant('User disabled');
    if (session.authTime.getTime() < user.notBefore * 1000) throw invalidGrant('Session not active');

    if (
      client.consentRequired &&
      (await this.consents.missing(client, userId, { scope: approved })).length > 0
    ) {
      throw invalidGrant('Device code not valid');
    }
    const scope = grantedScope(client, await this.scopes.ofRealm(realm), undisguised(approved));
    const given = await this.firstTokens.begin(realm, session, { user, client, scope, acr });
    await this.outbox.tell({
      type: 'OAUTH2_DEVICE_CODE_TO_TOKEN',
      realmId: realm.id,
      subject: userId,
      data: { clientId, userId, sessionId: session.id, ipAddress: visitor.address },
    });
    const subject = { user, client, scope, session: tokenSession(given.session, acr) };
    return this.responses.write(realm, subject, given.refreshToken);
  }
}
