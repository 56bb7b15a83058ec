import { Injectable } from '@nestjs/common';
import { FLOW_KINDS, type BroughtSession, type FlowKind } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import { acrOf } from './acr.js';
import { Clients } from './clients/clients.js';
import { Artifacts } from './provider/artifacts.js';
import type { Exchange, Pending, ProviderAnswer } from './provider/exchange.js';
import { disguised } from './provider/offline-scope.js';
import { Providers } from './provider/providers.js';

const PATH = '/protocol/openid-connect/auth';

/** What an authorization request wants of the login that it waits for. */
export interface WantedLogin {
  flow: FlowKind;
  clientId: string;
  redirectUri: string;
  loginHint?: string;
  /** What the application asks the user to do besides (`kc_action`). */
  action?: string;
  /** Whether whoever is signed in already has to prove it again. */
  anew: boolean;
  params: Record<string, string | undefined>;
  pending: Pending;
}

export interface AuthorizationRequest {
  /** As it stood in the address, or in a form: OpenID Connect Core §3.1.2.1 has the same in both. */
  query: string;
  /** Where its address says so. */
  flow?: FlowKind;
}

/** `browser`: the hash of what the login is tied to. */
export interface LoginOfBrowser {
  loginId: string;
  browser: string;
}

export interface Answered {
  answer: ProviderAnswer;
  refusal: Exchange['refusal'];
}

/** The user has to say first what the application may know and do. */
export interface ConsentWanted {
  kind: 'consent';
  pending: Pending;
}

export interface AwaitingConsent extends Pick<Exchange, 'level' | 'action'> {
  pending: Pending;
  sessionId: string;
}

/** What is known of the user by then. */
export type Proven = Exchange & { session: BroughtSession };

export type Begun = { kind: 'login'; wanted: WantedLogin } | ({ kind: 'answered' } & Answered);

/** Authorization requests (OpenID Connect Core §3.1.2), from the browser that brings one to the one that takes a code away. */
@Injectable()
export class Authorizations {
  constructor(
    private readonly providers: Providers,
    private readonly artifacts: Artifacts,
    private readonly clients: Clients,
  ) {}

  async begin(about: Exchange, request: AuthorizationRequest): Promise<Begun> {
    const { query, flow } = request;
    const asked = { method: 'GET', path: `${PATH}?${disguised(query)}`, headers: cookiesOf(about) } as const;
    const answer = await this.providers.ask(asked, about);
    const { pending, refusal } = about;
    return pending
      ? { kind: 'login', wanted: wantedLogin(about.session, flow ? { ...pending, flow } : pending) }
      : { kind: 'answered', answer, refusal };
  }

  /** Keeps a request for as long as its login may take. */
  async wait(
    realm: Realm,
    { loginId, browser }: LoginOfBrowser,
    { payload, flow, device }: Pending,
  ): Promise<void> {
    const kept = { ...payload, browser, ...(flow ? { flow } : {}), ...(device ? { device } : {}) };
    await this.artifacts.put(placeOf(realm), loginId, kept, realm.accessCodeLifespanLogin);
  }

  /**
   * The request that a login was for; undefined where it was for none, or where that is too long ago, or of another
   * browser: whoever learns the id of a login must not get a code for their own account under somebody else's `state`.
   */
  async of(realm: Realm, { loginId, browser }: LoginOfBrowser): Promise<Pending | undefined> {
    const kept = (await this.artifacts.find(placeOf(realm), loginId)) ?? {};
    const { browser: begunIn, flow: chosen, proven: _proven, device, ...payload } = kept;
    const flow = FLOW_KINDS.find((kind) => kind === chosen);
    if (begunIn !== browser) return undefined;
    return { uid: loginId, payload, ...(flow ? { flow } : {}), ...(isDevice(device) ? { device } : {}) };
  }

  /** Keeps a request until its user has consented, and what their login has proven. */
  async waitForConsent(about: Proven, browser: string, { uid, payload, device }: Pending): Promise<void> {
    const { realm, session, level, action } = about;
    const kept = {
      ...payload,
      browser,
      ...(device ? { device } : {}),
      proven: { sessionId: session.id, level, action },
    };
    await this.artifacts.put(placeOf(realm), uid, kept, realm.accessCodeLifespanLogin);
  }

  /** For an answer it is there once. */
  async awaitingConsent(
    realm: Realm,
    { loginId, browser }: LoginOfBrowser,
    isAnswer: boolean,
  ): Promise<AwaitingConsent | undefined> {
    const found = await this.artifacts.find(placeOf(realm), loginId);
    const { browser: begunIn, proven, device, ...payload } = found ?? {};
    if (begunIn !== browser || !proven || found?.consumed) return undefined;
    if (isAnswer && (await this.artifacts.take(placeOf(realm), loginId))?.consumed) return undefined;
    const pending = { uid: loginId, payload, ...(isDevice(device) ? { device } : {}) };
    return { pending, ...(proven as Omit<AwaitingConsent, 'pending'>) };
  }

  /**
   * Answers a request whose user is back, with the code for the client, or with what is wrong.
   * @param consented whether the user has just been asked what the application may know and do
   */
  async finish(
    about: Proven,
    { uid, payload }: Pending,
    consented = false,
  ): Promise<(Answered & { kind: 'answered' }) | ConsentWanted> {
    const { userId: accountId, authTime: ts, amr } = about.session;
    // The session before the login was another one, or nobody's.
    const { session: _before, ...request } = payload;
    const login = { accountId, ts, amr, acr: await this.acr(about, payload), remember: false };
    const { prompt } = payload;
    const isDone = prompt && (prompt.name !== 'consent' || consented);
    const asked = isDone ? { [prompt.name]: {} } : {};
    const pending = { uid, payload: { ...request, result: { ...asked, login } } };
    const { next, ...answered } = await this.resume(about, pending);
    return next?.payload.prompt?.name === 'consent'
      ? { kind: 'consent', pending: next }
      : { kind: 'answered', ...answered };
  }

  /** Tells the application that its request leads nowhere. */
  refuse(about: Exchange, { uid, payload }: Pending, error: string, description: string): Promise<Answered> {
    const { session: _before, ...request } = payload;
    const result = { error, error_description: description };
    return this.resume(about, { uid, payload: { ...request, result } });
  }

  /** `next`: what the request waits for now. */
  private async resume(about: Exchange, pending: Pending): Promise<Answered & { next?: Pending }> {
    const finished: Exchange = { ...about, pending };
    const path = `${PATH}/${pending.uid}`;
    const headers = cookiesOf(finished);
    const answer = await this.providers.ask({ method: 'GET', path, headers }, finished);
    const next = finished.pending?.uid === pending.uid ? undefined : finished.pending;
    return { answer, refusal: finished.refusal, ...(next ? { next } : {}) };
  }

  /** The level that a login has reached, in the words of its application. */
  async acr({ realm, level = 1 }: Exchange, payload: Pending['payload']): Promise<string> {
    const params = paramsOf(payload);
    const client = await this.clients.byClientId(realm, params.client_id ?? '');
    return client ? acrOf(level, realm, client, params) : String(level);
  }
}

/** By these the provider finds what is at hand anyway; no browser ever sees them. */
function cookiesOf({ session, pending }: Exchange): { cookie?: string } {
  const cookies = [
    ...(session ? [`_session=${session.id}`] : []),
    ...(pending ? [`_interaction_resume=${pending.uid}`] : []),
  ];
  return cookies.length > 0 ? { cookie: cookies.join('; ') } : {};
}

const isDevice = (kept: unknown): kept is NonNullable<Pending['device']> =>
  typeof kept === 'object' && kept !== null;

const placeOf = ({ id }: Realm) => ({ realmId: id, kind: 'Interaction' });

const paramsOf = ({ params }: Pending['payload']) => (params ?? {}) as Record<string, string | undefined>;

/** Prompts and their reasons for which whoever is signed in has nothing to prove again. */
const SATISFIED_BY_SESSION = new Set(['login', 'flow', 'consent', 'missing']);

/** @param session who is signed in already. */
export function wantedLogin(session: BroughtSession | undefined, pending: Pending): WantedLogin {
  const { prompt } = pending.payload;
  const params = paramsOf(pending.payload);
  const flow = pending.flow ?? (prompt?.name === 'create' ? 'registration' : 'browser');
  // Whoever is signed in and is sent on for another reason than the flow's own word has something to prove.
  const anew =
    flow !== 'browser' ||
    !prompt ||
    !SATISFIED_BY_SESSION.has(prompt.name) ||
    (session !== undefined && prompt.reasons.some((reason) => !SATISFIED_BY_SESSION.has(reason)));
  return {
    flow,
    clientId: params.client_id ?? '',
    redirectUri: params.redirect_uri ?? '',
    ...(params.login_hint ? { loginHint: params.login_hint.slice(0, 255) } : {}),
    ...(params.kc_action ? { action: params.kc_action.slice(0, 255) } : {}),
    anew,
    params,
    pending,
  };
}
