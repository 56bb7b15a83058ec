import './url-parse.js';
import { generateKeyPairSync } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type Wanted } from '@tumbler/contract-flows';
import { users, type Realm } from '@tumbler/contract-users';
import { Provider, type AdapterPayload, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { GatewayConfig } from '../../config.js';
import { loginRealm } from '../../realms/login-realm.js';
import { Sessions } from '../../sessions/sessions.js';
import { acrOf, mustBeKnown, wantedBy } from '../acr.js';
import { CLAIMS_OF_SCOPES, isNamed } from '../clients/built-in-scopes.js';
import { ASSERTION_ALGORITHMS } from '../clients/client-keys.js';
import { ClientScopes } from '../clients/client-scopes.js';
import { Clients } from '../clients/clients.js';
import { flowOverrides } from '../clients/flow-overrides.js';
import { Consents } from '../consents/consents.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { issuerOf } from '../tokens/claims.js';
import { MappedFacts } from '../tokens/mapped-facts.js';
import { mappedClaims } from '../tokens/protocol-mappers.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { Artifacts } from './artifacts.js';
import { fetchKeys, KEY_SET_LIMIT, mustBeShort } from './client-assertions.js';
import { EXTRA_METADATA, metadataOf } from './client-metadata.js';
import { completeDiscovery, type Discovery } from './discovery.js';
import { ask, exchange, type Exchange, type ProviderAnswer, type ProviderRequest } from './exchange.js';
import { GrantHandlers } from './grant-handlers.js';
import { loginPolicy, unmet } from './interaction-policy.js';
import { DISGUISED } from './offline-scope.js';
import { adapterOf, grantIdOf, partsOfGrant } from './provider-adapter.js';
import { sayUnauthorized } from './unauthorized-client.js';

const OPENID = '/protocol/openid-connect';
/** More realms than this are not kept in memory. */
const MOST = 1_000;

/** The provider signs nothing, and yet starts with no key of its own: this one is never used. */
const UNUSED_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

/** One OpenID provider for each realm, made when it is first asked. */
@Injectable()
export class Providers {
  private readonly made = new Map<string, { provider: Provider; handle: ReturnType<Provider['callback']> }>();

  constructor(
    private readonly config: GatewayConfig,
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly artifacts: Artifacts,
    private readonly tokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: Sessions,
    private readonly grants: GrantHandlers,
    private readonly consents: Consents,
    private readonly scopes: ClientScopes,
    private readonly facts: MappedFacts,
  ) {}

  async ask(request: ProviderRequest, about: Exchange): Promise<ProviderAnswer> {
    const scopes = await this.scopes.ofRealm(about.realm);
    const { handle } = this.of(
      about.realm,
      scopes.filter(isNamed).map(({ name }) => name),
    );
    const { protocol, host } = new URL(this.config.publicUrl);
    const headers = {
      ...request.headers,
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': host,
    };
    const mount = new URL(issuerOf(this.config.publicUrl, about.realm)).pathname;
    return ask(handle, { ...request, headers, mount }, about);
  }

  /** By name as well: the issuer holds it, and a realm can be renamed. By scopes, which discovery tells. */
  private of(realm: Realm, scopes: string[]) {
    const name = [realm.id, realm.name, ...scopes].join('/');
    const found = this.made.get(name);
    if (found) return found;
    if (this.made.size >= MOST) this.made.clear();
    const provider = this.make(realm, scopes);
    const made = { provider, handle: provider.callback() };
    this.made.set(name, made);
    return made;
  }

  private make(realm: Realm, scopes: string[]): Provider {
    const provider = new Provider(
      issuerOf(this.config.publicUrl, realm),
      this.configuration(realm.id, scopes),
    );
    provider.proxy = true;
    this.grants.addTo(provider);
    sayUnauthorized(provider);
    provider.use(async (ctx, next) => {
      // The page that posts a code (`response_mode=form_post`) adds its own script to this, and nothing else runs.
      ctx.set(
        'content-security-policy',
        "default-src 'none'; script-src; base-uri 'none'; frame-ancestors 'none'",
      );
      await next();
      const { route } = (ctx.oidc ?? {}) as { route?: string };
      if (route === 'discovery') completeDiscovery(ctx.body as Discovery);
      if (route === 'device_authorization' && ctx.status === 200) {
        Object.assign(ctx.body as object, { interval: exchange().realm.oauth2DevicePollingInterval });
      }
    });
    // keycloak.md §3.5
    provider.on('authorization.success', (_ctx, response = {}) => {
      const { action } = exchange();
      if (action) Object.assign(response, { kc_action: action.name, kc_action_status: action.status });
    });
    provider.on('server_error', (_ctx, error) => new Logger('oidc').error(error.message, error.stack));
    Object.assign(provider.IdToken, {
      validate: async (token: string) => {
        const payload = await this.tokens.readIdToken(exchange().realm, token);
        if (!payload) throw new Error('it is no id token of this realm');
        return { header: {}, payload };
      },
    });
    return provider;
  }

  private configuration(realmId: string, scopes: string[]): Configuration {
    return {
      adapter: adapterOf(realmId, this.artifacts, {
        client: (clientId) => this.metadata(clientId),
        accessToken: (value) => this.accessToken(value),
        refreshToken: (value) => this.refreshToken(value),
        revoke: async (grantId) => {
          const { sessionId, clientId } = partsOfGrant(grantId);
          const holder = await this.clients.byClientId(exchange().realm, clientId);
          if (holder) await this.refreshTokens.revoke(sessionId, holder);
          await this.sessions.endOffline(realmId, { id: sessionId });
        },
      }),
      jwks: { keys: [UNUSED_KEY] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      scopes: ['openid', DISGUISED, ...scopes],
      claims: CLAIMS,
      responseTypes: ['code'],
      clientAuthMethods: [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'none',
      ],
      assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => mustBeShort(claims),
      enabledJWA: { clientAuthSigningAlgValues: ASSERTION_ALGORITHMS },
      fetch: fetchKeys,
      fetchResponseBodyLimits: { jwks_uri: KEY_SET_LIMIT },
      acrValues: ['1'],
      // Whether the session is alive is looked at when a code is redeemed, and not by the provider.
      expiresWithSession: () => false,
      allowOmittingSingleRegisteredRedirectUri: false,
      extraParams: ['kc_action', 'kc_locale'],
      extraClientMetadata: { properties: EXTRA_METADATA },
      pkce: { required: (_ctx, client) => client.pkce_required === true },
      clientBasedCORS: (_ctx, origin, client) => allows(client.web_origins, origin),
      routes: {
        authorization: `${OPENID}/auth`,
        token: `${OPENID}/token`,
        userinfo: `${OPENID}/userinfo`,
        jwks: `${OPENID}/certs`,
        introspection: `${OPENID}/token/introspect`,
        revocation: `${OPENID}/revoke`,
        end_session: `${OPENID}/logout`,
        pushed_authorization_request: `${OPENID}/ext/par/request`,
        device_authorization: `${OPENID}/auth/device`,
        code_verification: '/device',
      },
      features: {
        devInteractions: { enabled: false },
        // Its pages are our own: see device/device.controller.ts.
        deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****' },
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: (_ctx, client) => client.clientAuthMethod !== 'none' },
        revocation: {
          enabled: true,
          allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
        },
        claimsParameter: { enabled: true },
        requestObjects: { enabled: true },
        pushedAuthorizationRequests: { enabled: true },
        rpInitiatedLogout: { enabled: true },
        dPoP: { enabled: false },
        resourceIndicators: { enabled: false },
      },
      interactions: {
        policy: loginPolicy({
          mayPassSilently: (ctx) => this.mayPassSilently(ctx),
          wanted: (ctx) => this.wanted(ctx),
          mustConsent: (ctx) => this.mustConsent(ctx),
          isWhoWasMeant: (ctx) => this.isWhoWasMeant(ctx),
        }),
        url: (_ctx, { uid }) => `/waits/${uid}`,
      },
      ttl: {
        AuthorizationCode: () => exchange().realm.accessCodeLifespan,
        Interaction: () => exchange().realm.accessCodeLifespanLogin,
        DeviceCode: () => exchange().realm.oauth2DeviceCodeLifespan,
        Session: 3600,
        Grant: 3600,
      },
      findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      loadExistingGrant: async (ctx) => {
        const { session, client } = ctx.oidc;
        if (!session?.accountId || !client) return undefined;
        const grant = new ctx.oidc.provider.Grant({
          accountId: session.accountId,
          clientId: client.clientId,
        });
        grant.jti = grantIdOf(session.uid, client.clientId, session.accountId);
        grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(' '));
        grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
        return grant;
      },
      renderError: (ctx, out) => {
        exchange().refusal = out;
        ctx.body = out;
      },
    };
  }

  private async metadata(clientId: string): Promise<AdapterPayload | undefined> {
    const client = await this.clients.byClientId(exchange().realm, clientId);
    return (
      client && metadataOf(client, client.publicClient ? undefined : await this.clients.secretOf(client))
    );
  }

  private async wanted({ oidc }: KoaContextWithOIDC): Promise<Wanted> {
    const { realm } = exchange();
    const client = await this.clients.byClientId(realm, oidc.client?.clientId ?? '');
    if (!client) return {};
    const params = oidc.params ?? {};
    mustBeKnown(realm, client, params);
    return wantedBy(realm, client, params);
  }

  private async mustConsent({ oidc }: KoaContextWithOIDC): Promise<boolean> {
    const userId = oidc.session?.accountId;
    if (oidc.result?.consent || !userId) return false;
    const client = await this.clients.byClientId(exchange().realm, oidc.client?.clientId ?? '');
    if (oidc.prompts.has('consent')) return true;
    if (!client?.consentRequired) return false;
    return (await this.consents.missing(client, userId, oidc.params ?? {})).length > 0;
  }

  /** OpenID Connect Core §3.1.2.1, §5.5.1: a request for one user is not answered with another. */
  private async isWhoWasMeant({ oidc }: KoaContextWithOIDC): Promise<boolean> {
    const { id_token_hint: hint } = oidc.params ?? {};
    const asked = oidc.claims.id_token?.sub;
    const meant = [
      ...(typeof hint === 'string' ? [(await this.tokens.readIdToken(exchange().realm, hint))?.sub] : []),
      ...(asked && 'value' in asked ? [asked.value] : []),
    ];
    return meant.every((sub) => sub === oidc.session?.accountId);
  }

  /** With `prompt=none` nobody can be asked anything: whoever would be is told so. */
  private async mayPassSilently(ctx: KoaContextWithOIDC): Promise<boolean> {
    const about = exchange();
    const { realm, session, visitor } = about;
    const params = ctx.oidc.params ?? {};
    const client = await this.clients.byClientId(realm, ctx.oidc.client?.clientId ?? '');
    if (!session || !client) return false;
    const passed = await this.bus.call(flows.pass, {
      realm: loginRealm(realm),
      ...{ clientId: client.clientId, session, visitor },
      ...flowOverrides(client),
      wanted: wantedBy(realm, client, params),
    });
    if (passed.kind === 'refused' && passed.unmet) throw unmet();
    if (passed.kind !== 'done') return false;
    const { level = 1 } = passed.finished;
    Object.assign(ctx.oidc.session ?? {}, { acr: acrOf(level, realm, client, params) });
    return true;
  }

  private async accessToken(written: string): Promise<AdapterPayload | undefined> {
    const { realm } = exchange();
    const token = await this.tokens.verify(unwritten(written));
    if (!token || token.realm.id !== realm.id) return undefined;
    const { client, session, userId, clientId, issuedAt, claims } = token;
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId });
    if (!user?.enabled || issuedAt < user.notBefore) return undefined;
    const { exp = 0, jti, scope, iss: _iss, iat: _iat, ...extra } = claims;
    const facts = await this.facts.of(realm, { user, client, scope: typeof scope === 'string' ? scope : '' });
    const { aud: _aud, ...told } = mappedClaims(facts.mappers, facts, 'introspection.token.claim');
    return {
      ...{ kind: 'AccessToken', jti, clientId, accountId: userId, iat: issuedAt, exp },
      ...(typeof scope === 'string' ? { scope } : {}),
      ...(session ? { grantId: grantIdOf(session.id, clientId, userId), sid: session.id } : {}),
      extra: { ...told, ...extra, username: claims.preferred_username },
    };
  }

  private async refreshToken(value: string): Promise<AdapterPayload | undefined> {
    const { realm } = exchange();
    const known = await this.refreshTokens.find(realm, unwritten(value));
    const session = known && !known.spent ? await this.sessions.byId(realm, known.sessionId) : undefined;
    const client = known && session ? await this.clients.find(realm, known.client) : undefined;
    if (!known || !session || !client) return undefined;
    const { clientId } = client;
    const { scope, expiresAt } = known;
    return {
      ...{ kind: 'RefreshToken', jti: value, clientId, accountId: session.userId, scope, sid: session.id },
      ...{ grantId: grantIdOf(session.id, clientId, session.userId) },
      ...{ iat: Math.floor(session.authTime.getTime() / 1000), exp: Math.floor(expiresAt.getTime() / 1000) },
    };
  }
}

const CLAIMS = { openid: ['sub', 'sid', 'auth_time', 'acr', 'amr'], ...CLAIMS_OF_SCOPES };

const allows = (origins: unknown, origin: string): boolean =>
  Array.isArray(origins) && (origins.includes(origin) || origins.includes('*'));

/** The provider refuses to look at tokens that look like JWTs, ours or not: they reach it in another dress. */
export const written = (token: string): string => token.replaceAll('.', '~');
const unwritten = (token: string): string => token.replaceAll('~', '.');
