import type { LocalBus } from '@tumbler/bus';
import { StoppedClock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
import { flows, type FlowKind, type Form, type LoginRealm, type LoginStep } from '@tumbler/contract-flows';
import { openDatabase } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { freshDatabase, type FreshDatabase } from '@tumbler/test-bed';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { expect } from 'vitest';
import { ArrivalsHandlers } from '../arrivals/arrivals.handlers.js';
import { AuditHandlers } from '../audit/audit.handlers.js';
import { ExplanationHandlers } from '../audit/explanation.handlers.js';
import { EventStore } from '../audit/event-store.js';
import { authenticators, Authenticators } from '../authenticators/index.js';
import type { Authenticator } from '../authenticators/authenticator.js';
import { entities } from '../db/entities.js';
import { migrations } from '../db/migrations.js';
import { FlowTrees } from '../definitions/flow-trees.js';
import { BindingsHandlers } from '../definitions/bindings.handlers.js';
import { Catalogue } from '../definitions/catalogue.js';
import { ConfigsHandlers } from '../definitions/configs.handlers.js';
import { DefinitionStore } from '../definitions/definition-store.js';
import { ExecutionsHandlers } from '../definitions/executions.handlers.js';
import { FlowsHandlers } from '../definitions/flows.handlers.js';
import { ProblemsHandlers } from '../definitions/problems.handlers.js';
import { ProvidersHandlers } from '../definitions/providers.handlers.js';
import { ActionRunner } from '../engine/action-runner.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { Housekeeping } from '../housekeeping.js';
import { GrantsHandlers } from '../logins/grants.handlers.js';
import { ImpersonationsHandlers } from '../logins/impersonations.handlers.js';
import { AddressChange } from '../links/address-change.js';
import { Links } from '../links/links.js';
import { LinksHandlers } from '../links/links.handlers.js';
import { LoginStore } from '../logins/login-store.js';
import { LoginsHandlers } from '../logins/logins.handlers.js';
import { Moves } from '../logins/moves.js';
import { SilentHandlers } from '../logins/silent.handlers.js';
import { Mailbox } from '../mail/mailbox.js';
import { PostOffice } from '../mail/post-office.js';
import { Smtp } from '../mail/smtp.js';
import { requiredActions, RequiredActions } from '../required-actions/index.js';
import type { RequiredAction } from '../required-actions/required-action.js';
import { SimulationHandlers } from '../simulation/simulation.handlers.js';
import { Neighbours } from './neighbours.js';

/** An administrator. */
export const by = { realmId: 'master', clientId: 'admin-cli', userId: 'root', ipAddress: '192.0.2.1' };

interface Plugged {
  authenticators?: Authenticator[];
  requiredActions?: RequiredAction[];
}

/** The flows service on a database of its own, with neighbours that are made for tests. */
export class World {
  readonly clock = new StoppedClock(new Date('2026-03-04T05:06:07Z'));
  readonly neighbours = new Neighbours();
  readonly bus: LocalBus = this.neighbours.bus;
  readonly outbox: Outbox;
  readonly trees: FlowTrees;
  readonly logins: LoginStore;
  readonly postOffice: PostOffice;
  readonly housekeeping: Housekeeping;

  private constructor(
    private readonly database: FreshDatabase,
    readonly db: DataSource,
    plugged: Plugged,
  ) {
    const known = new Authenticators([...authenticators, ...(plugged.authenticators ?? [])]);
    const actions = new RequiredActions([...requiredActions, ...(plugged.requiredActions ?? [])]);
    this.outbox = new Outbox('flows', db, this.clock);
    this.trees = new FlowTrees(db, known);
    const mailbox = new Mailbox(this.clock);
    this.postOffice = new PostOffice(db, this.bus, this.outbox, new Smtp(), this.clock);
    this.logins = new LoginStore(db, this.outbox, mailbox, this.clock);
    const links = new Links(db, this.clock);
    const addressChange = new AddressChange(links, mailbox, this.outbox, this.bus);
    const actionRunner = new ActionRunner(this.bus, this.clock, actions);
    const runner = new FlowRunner(this.bus, this.clock, actions, actionRunner);
    const moves = new Moves(runner, this.clock);
    const events = new EventStore(db);
    const definitions = new DefinitionStore(db, this.trees, this.outbox);
    const catalogue = new Catalogue(known);
    this.housekeeping = new Housekeeping(events, this.logins, links, db, this.clock);
    this.bus
      .plug(new FlowsHandlers(definitions))
      .plug(new ExecutionsHandlers(definitions, known, catalogue))
      .plug(new ConfigsHandlers(definitions))
      .plug(new ProblemsHandlers(definitions, this.trees))
      .plug(new SimulationHandlers(this.bus, definitions, this.trees, actions, this.clock))
      .plug(new ProvidersHandlers(catalogue))
      .plug(new BindingsHandlers(db, this.trees, definitions))
      .plug(new AuditHandlers(db, events, this.outbox))
      .plug(new ExplanationHandlers(db, known))
      .plug(new ArrivalsHandlers(db, known, catalogue, definitions))
      .plug(new LoginsHandlers(this.trees, runner, this.logins, moves, this.clock))
      .plug(
        new LinksHandlers(
          this.trees,
          runner,
          this.logins,
          moves,
          links,
          mailbox,
          this.outbox,
          this.bus,
          addressChange,
          this.postOffice,
        ),
      )
      .plug(new SilentHandlers(this.trees, runner, this.logins))
      .plug(new GrantsHandlers(this.trees, runner, this.logins))
      .plug(new ImpersonationsHandlers(this.bus, this.outbox));
  }

  static async open(plugged: Plugged = {}): Promise<World> {
    const database = await freshDatabase();
    return new World(database, await openDatabase({ url: database.url, entities, migrations }), plugged);
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.database.drop();
  }

  realm(settings: Partial<LoginRealm> = {}): LoginRealm {
    return {
      id: randomUUID(),
      name: 'acme',
      registrationAllowed: false,
      registrationEmailAsUsername: false,
      resetPasswordAllowed: false,
      rememberMe: false,
      loginWithEmailAllowed: true,
      verifyEmail: false,
      loginLifespan: 1800,
      actionLifespan: 300,
      url: 'https://id.example/realms/acme',
      ...settings,
    };
  }

  browser(realm: LoginRealm = this.realm()): Browser {
    return new Browser(this.bus, realm);
  }

  /** What was told in a realm, in order. */
  async told(realmId: string): Promise<CloudEvent[]> {
    const rows = await this.db.query<{ event: CloudEvent }[]>(
      `select event from outbox where event->>'realmid' = $1 order by seq`,
      [realmId],
    );
    return rows.map(({ event }) => event);
  }

  /** The types of what was told in a realm, in order, with the error where there is one. */
  async toldTypes(realmId: string): Promise<string[]> {
    const events = await this.told(realmId);
    return events.map(({ type, data }) => ('error' in data && data.error ? `${type} ${data.error}` : type));
  }
}

type FormStep = LoginStep & { kind: 'form' };

/** Somebody in front of a login, who remembers the page that they see. */
export class Browser {
  readonly secret = randomUUID();
  session?: { id: string; userId: string; authTime: number; amr: string[]; levels?: Record<string, number> };
  step!: LoginStep;

  constructor(
    private readonly bus: LocalBus,
    readonly realm: LoginRealm,
  ) {}

  /** The bus calls that one deed takes, without the first one. */
  async callsOf(deed: () => Promise<unknown>): Promise<string[]> {
    const before = this.bus.calls.length;
    await deed();
    return this.bus.calls.slice(before + 1);
  }

  async open(flow: FlowKind = 'browser', more: object = {}): Promise<LoginStep> {
    return this.see(
      await this.bus.call(flows.start, {
        realm: this.realm,
        flow,
        clientId: 'account',
        redirectUri: 'https://app.example/back',
        browser: this.secret,
        visitor: { address: '192.0.2.7' },
        ...(this.session ? { session: this.session } : {}),
        ...more,
      }),
    );
  }

  async send(
    fields: Record<string, string>,
    as: Partial<FormStep> = {},
    visitor: { headers?: Record<string, string> } = {},
  ): Promise<LoginStep> {
    const { login, code, execution } = as.code ? (as as FormStep) : { ...this.page, ...as };
    return this.see(
      await this.bus.call(flows.submit, {
        realm: this.realm,
        login,
        browser: this.secret,
        visitor: { address: '192.0.2.7', ...visitor },
        ...(this.session ? { session: this.session } : {}),
        code,
        execution,
        fields,
      }),
    );
  }

  /** What the page of a link says, when it is opened. */
  openLink(key: string) {
    return this.bus.call(flows.openLink, { realm: this.realm, key });
  }

  /** Goes on from the page of a link. */
  async useLink(key: string): Promise<LoginStep> {
    return this.see(
      await this.bus.call(flows.useLink, {
        realm: this.realm,
        key,
        browser: this.secret,
        visitor: { address: '192.0.2.7' },
      }),
    );
  }

  async reload(more: object = {}): Promise<LoginStep> {
    const { step } = this;
    const login = 'login' in step ? step.login : '';
    return this.see(
      await this.bus.call(flows.show, {
        realm: this.realm,
        login,
        browser: this.secret,
        visitor: { address: '192.0.2.7' },
        ...(this.session ? { session: this.session } : {}),
        ...more,
      }),
    );
  }

  /** Name and password, on a login page that is opened for it. */
  async signIn(username: string, password = `${username}-password`): Promise<LoginStep> {
    await this.open();
    return this.send({ username, password });
  }

  get page(): FormStep {
    if (this.step.kind !== 'form') throw new Error(`there is no page, but ${JSON.stringify(this.step)}`);
    return this.step;
  }

  get form(): Form {
    return this.page.form;
  }

  /** Every text that the page shows as an error. */
  get errors(): unknown[] {
    return this.form.fields.flatMap(({ name, error }) => (error ? [{ [name]: error.text }] : []));
  }

  get finished() {
    expect(this.step).toMatchObject({ kind: 'done' });
    return this.step.kind === 'done' ? this.step.finished : undefined;
  }

  private see(step: LoginStep): LoginStep {
    this.step = step;
    return step;
  }
}
