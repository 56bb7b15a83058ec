import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { testNats, type BusUser } from '@tumbler/test-bed';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectionOptions } from './connection.js';
import { Inbox, requestIdOf } from './inbox.js';

const PATIENCE = { deadline: 10_000, requestId: 'request-1' };

let open: NatsConnection[];
let users: NatsConnection;
let inbox: Inbox;

beforeEach(async () => {
  open = [];
  users = await connected('users');
  inbox = new Inbox(await connected('gateway'), '_INBOX_gateway');
});

afterEach(async () => {
  await Promise.all(open.map((nats) => nats.close()));
});

async function connected(user: BusUser): Promise<NatsConnection> {
  const nats = await connect(connectionOptions(user, testNats(user)));
  open.push(nats);
  return nats;
}

/** The users service hears this question; `heard` are the messages, which the test answers. */
async function hearing(subject: string): Promise<Msg[]> {
  const heard: Msg[] = [];
  users.subscribe(subject, { callback: (_, message) => void heard.push(message) });
  await users.flush();
  return heard;
}

const ask = (text: string, options = PATIENCE) =>
  inbox.ask('users.echo', Buffer.from(text), options).then((answer) => answer.string());

it('gives each of a thousand calls its own answer, in whichever order they come', async () => {
  const heard = await hearing('users.echo');
  const questions = Array.from({ length: 1_000 }, (_, n) => `question ${n}`);
  const answers = Promise.all(questions.map((question) => ask(question)));
  await vi.waitFor(() => expect(heard).toHaveLength(1_000));
  expect(inbox.waiting).toBe(1_000);

  for (const message of heard.reverse()) message.respond(`the answer to ${message.string()}`);
  expect(await answers).toEqual(questions.map((question) => `the answer to ${question}`));
  expect(inbox.waiting).toBe(0);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(1_000);
});

it('tells with a question which request it belongs to', async () => {
  const heard = await hearing('users.echo');
  const answer = ask('who asks?', { ...PATIENCE, requestId: 'd2719ac4-8a56-4c0f-9d5b-0b6f7f3f9c11' });
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(requestIdOf(heard[0]!)).toBe('d2719ac4-8a56-4c0f-9d5b-0b6f7f3f9c11');
  heard[0]!.respond('you');
  expect(await answer).toBe('you');
});

it('hears the answer whatever a request is called', async () => {
  users.subscribe('users.echo', { callback: (_, message) => void message.respond('here') });
  await users.flush();
  expect(await ask('hello?', { ...PATIENCE, requestId: 'a.dotted.name' })).toBe('here');
});

it('gives a call up at its deadline, and passes over the answer that comes later', async () => {
  const heard = await hearing('users.echo');
  await expect(ask('first', { ...PATIENCE, deadline: 100 })).rejects.toThrow('timeout');
  expect(inbox.waiting).toBe(0);

  const second = ask('second');
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  heard[0]!.respond('too late');
  heard[1]!.respond('in time');
  expect(await second).toBe('in time');
});

it('takes an empty answer for an answer', async () => {
  users.subscribe('users.echo', { callback: (_, message) => void message.respond('') });
  await users.flush();
  expect(await ask('anything?')).toBe('');
});

// None of these waits for its deadline: a test would.

it('says at once that nobody listens', async () => {
  await expect(ask('hello?')).rejects.toThrow("no responders: 'users.echo'");
  expect(inbox.waiting).toBe(0);
});

it('says at once that NATS refuses a question, to whoever asked it', async () => {
  const heard = await hearing('users.echo');
  const allowed = ask('may I?');
  const refused = inbox.ask('users.mailSettings', Buffer.from('{}'), PATIENCE);
  await expect(refused).rejects.toThrow('Permissions Violation for Publish to "users.mailSettings"');
  expect(inbox.waiting).toBe(1);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  heard[0]!.respond('you may');
  expect(await allowed).toBe('you may');
});

it('says at once that it may not listen, each time', async () => {
  inbox = new Inbox(await connected('gateway'), '_INBOX_flows');
  await expect(ask('first')).rejects.toThrow('Permissions Violation for Subscription');
  await expect(ask('second')).rejects.toThrow('Permissions Violation for Subscription');
  expect(inbox.waiting).toBe(0);
});

it('keeps nothing of a question that cannot be sent', async () => {
  await expect(ask('x'.repeat(2 ** 21))).rejects.toThrow('max_payload');
  await expect(ask('x', { ...PATIENCE, requestId: 'two words' })).rejects.toThrow('illegal subject');
  expect(inbox.waiting).toBe(0);
});

it('tells whoever waits when it is closed, and whoever comes later', async () => {
  await hearing('users.echo');
  const waiting = expect(ask('still there?')).rejects.toThrow('closed connection');
  await inbox.close();
  await waiting;
  await expect(ask('and now?')).rejects.toThrow('not connected');
  expect(inbox.waiting).toBe(0);
});

it('has a name that another instance of the service neither has nor guesses', async () => {
  const heard = await hearing('users.echo');
  const other = new Inbox(await connected('gateway'), '_INBOX_gateway');
  const answers = [ask('mine'), other.ask('users.echo', Buffer.from('theirs'), PATIENCE)] as const;
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  const names = heard.map(({ reply }) => /^_INBOX_gateway\.([0-9a-f]{32})\.1\.request-1$/.exec(reply!)?.[1]);
  expect(new Set(names).size).toBe(2);
  expect(names).not.toContain(undefined);
  for (const message of heard) message.respond(message.string());
  expect(await answers[0]).toBe('mine');
  expect((await answers[1]).string()).toBe('theirs');
});
