import { randomUUID } from 'node:crypto';
import {
  flows,
  text,
  type BroughtSession,
  type FinishedLogin,
  type LoginStep,
  type SilentlyPassed,
  type Start,
  type Wanted,
} from '@tumbler/contract-flows';
import type { LoginUser, Realm } from '@tumbler/contract-users';
import * as client from 'openid-client';
import type { ClientSettings } from '../oidc/clients/client-settings.js';
import { Clients } from '../oidc/clients/clients.js';
import { Realms } from '../realms/realms.js';
import { actionOf, TestBrowser } from './browser.js';
import { StubPeople } from './stub-people.js';
import { loginForm, step } from './stub-services.js';
import { testGateway, type TestGateway } from './test-gateway.js';

export const PUBLIC_URL = 'http://localhost:9999';
export const CALLBACK = 'https://app.example.org/callback';
const BY = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID() };

export interface Application {
  clientId: string;
  secret?: string;
  config: client.Configuration;
}

export interface SignedIn {
  callback: URL;
  by: TestBrowser;
  tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
}

/** A gateway with a flow that lets Ann in, and applications of realm `acme` that sign her in by `openid-client`. */
export class SignInWorld {
  /** What the flows service was asked to start last. */
  started?: Start;
  readonly ann: LoginUser;
  /** The flow leads to level 1 by itself, and to this one where it is wanted. */
  highest = 2;
  private readonly logins = new Map<string, Start>();

  private constructor(
    readonly gateway: TestGateway,
    readonly people: StubPeople,
  ) {
    this.ann = people.add('acme', 'ann');
    gateway.bus
      .stub(flows.start, (question) => this.start(question))
      .stub(flows.submit, ({ login }): LoginStep => {
        return this.end(login, this.logins.get(login)!);
      })
      .stub(flows.pass, ({ session, wanted, clientId }): SilentlyPassed => {
        const { level, isEnough } = this.levelOf(session, wanted);
        const { enabled, requiredActions, notBefore } = this.people.people.get(session.userId)!;
        const maySignIn = enabled && requiredActions.length === 0 && session.authTime >= notBefore;
        if (!maySignIn || !isEnough) return { kind: 'asks' };
        return { kind: 'done', finished: { ...this.finish({ clientId }), sessionId: session.id, level } };
      });
  }

  static async open(): Promise<SignInWorld> {
    const gateway = await testGateway({ PUBLIC_URL });
    // oidc-provider and openid-client know the clock of this machine only.
    gateway.clock.advance((Date.now() - gateway.clock.now().getTime()) / 1000);
    return new SignInWorld(gateway, new StubPeople(gateway.bus, () => gateway.clock.now()));
  }

  /** Changes a setting of the realm. */
  setRealm(changes: Partial<Realm>): void {
    Object.assign(this.people.realm('acme'), changes);
    this.gateway.app.get(Realms).forget();
  }

  browser(): TestBrowser {
    return new TestBrowser(this.gateway.app);
  }

  /**
   * @param metadata what the application knows of itself, beside its name and its secret.
   * @param proof how it proves itself, where that is not by sending its secret.
   */
  async register(
    settings: ClientSettings = {},
    metadata: Partial<client.ClientMetadata> = {},
    proof?: (secret: string) => client.ClientAuth,
  ): Promise<Application> {
    const clients = this.gateway.app.get(Clients);
    const realm = this.people.realm('acme');
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const given = { redirectUris: [CALLBACK], ...settings };
    const id = await clients.create(realm, BY, { clientId, settings: given });
    const secret = await clients.secretOf(await clients.byId(realm, id));
    const config = await client.discovery(
      new URL(`${PUBLIC_URL}/realms/acme`),
      clientId,
      metadata,
      secret === undefined ? client.None() : (proof ?? client.ClientSecretBasic)(secret),
      {
        execute: [client.allowInsecureRequests],
        [client.customFetch]: (url, options) => this.fetch(url, options),
      },
    );
    return { clientId, secret, config };
  }

  /** Opens the login page of an application. */
  async ask(config: client.Configuration, more: Record<string, string> = {}, by = this.browser()) {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', state, nonce },
      ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      ...more,
    });
    const page = await by.get(`${url.pathname}${url.search}`);
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    };
    return { page, by, checks };
  }

  /** @param withCode what the application says beside the code that it redeems. */
  async signIn(
    config: client.Configuration,
    more: Record<string, string> = {},
    browser?: TestBrowser,
    withCode: Record<string, string> = {},
  ): Promise<SignedIn> {
    const { page, by, checks } = await this.ask(config, more, browser);
    const back =
      page.statusCode === 303
        ? page
        : await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    const callback = new URL(back.headers.location!);
    const tokens = await client.authorizationCodeGrant(config, callback, checks, withCode);
    return { callback, by, tokens };
  }

  /** A request of an application, brought to the gateway without a network in between. */
  async post(path: string, form: Record<string, string | undefined>) {
    const said = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const reply = await this.gateway.app.inject({
      ...{ method: 'POST', url: `/realms/acme/protocol/openid-connect/${path}` },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(said).toString(),
    });
    return { status: reply.statusCode, body: reply.payload ? reply.json() : undefined };
  }

  private async fetch(url: string, { method, headers, body }: client.CustomFetchOptions): Promise<Response> {
    const { pathname, search } = new URL(url);
    const reply = await this.gateway.app.inject({
      method: method as 'GET' | 'POST',
      url: `${pathname}${search}`,
      headers: Object.fromEntries(new Headers(headers)),
      payload: body instanceof URLSearchParams ? body.toString() : undefined,
    });
    const sent = Object.entries(reply.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const bodyless = reply.statusCode === 204;
    return new Response(bodyless ? null : reply.payload, { status: reply.statusCode, headers: sent });
  }

  /** Whoever is signed in passes; everybody else is shown a form. */
  private start(question: Start): LoginStep {
    this.started = question;
    const form = step(loginForm(), { clientId: question.clientId });
    if (form.kind !== 'form') return form;
    this.logins.set(form.login, question);
    const { session, wanted } = question;
    if (!session || !this.levelOf(session, wanted).isEnough) return form;
    const { authTime, amr, id: sessionId } = session;
    const { level } = this.levelOf(session, wanted);
    return {
      kind: 'done',
      login: form.login,
      finished: { ...this.finish(question), authTime, amr, sessionId, level },
    };
  }

  /** The level that is left of a session, and whether the flow leads no further for what is wanted. */
  private levelOf({ levels = {} }: BroughtSession, { level = 0 }: Wanted = {}) {
    const reached = Math.max(1, ...Object.keys(levels).map(Number));
    return { level: reached, isEnough: reached >= Math.min(level, this.highest) };
  }

  private end(login: string, question: Start): LoginStep {
    const { session, wanted: { level: wanted = 1, mustReach = 0 } = {} } = question;
    const level = Math.max(1, Math.min(wanted, this.highest));
    if (level < mustReach)
      return { kind: 'failed', error: text('acrNotFulfilled'), status: 400, unmet: true };
    const finished = { ...this.finish(question), level, levels: { [level]: this.seconds() } };
    return {
      kind: 'done',
      login,
      finished: session ? { ...finished, sessionId: session.id, raised: true } : finished,
    };
  }

  private seconds(): number {
    return this.gateway.clock.seconds();
  }

  private finish({
    clientId,
    redirectUri,
    action,
  }: Pick<Start, 'clientId' | 'redirectUri' | 'action'>): FinishedLogin {
    return {
      ...{ userId: this.ann.id, username: 'ann', clientId, redirectUri, rememberMe: false },
      ...{ authTime: this.seconds(), amr: ['pwd', 'otp'] },
      ...(action ? { action: { name: action, status: 'success' } } : {}),
    };
  }
}
