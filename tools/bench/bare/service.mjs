// A service with nothing in it: node service.mjs NAME. The four of them take the requests of a sign-in with as many bus
// calls, statements, commits and signatures as Tumbler does (docs/speed.md), and do nothing in between. What this costs is
// the least that a sign-in of this shape can cost.
import { generateKeyPairSync, sign } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { connect } from '@nats-io/transport-node';
import fastify from 'fastify';
import pg from 'pg';
import { ARGON2 } from '../hashes.mjs';

const { DATABASE_URL, NATS_URL, NATS_PASSWORD, PORT } = process.env;
const [, , name] = process.argv;
/** As long as what is asked, answered and kept mostly is. */
const SOMETHING = JSON.stringify({ text: 'x'.repeat(600) });
const PAGE = `<!doctype html>${'<p>text</p>'.repeat(200)}`;
const ROWS = 500;
/** For commits that wait for no disk (docs/decisions/0031). */
const PASSING = `set_config('synchronous_commit', 'off', true)`;

const db = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await db.query(`
  drop table if exists bare;
  create table bare (id bigserial primary key, number int not null, body jsonb not null);
  insert into bare (number, body) select n, '${SOMETHING}' from generate_series(1, ${ROWS}) n;
  analyze bare`);
const nats = await connect({
  ...{ servers: NATS_URL, user: name, pass: NATS_PASSWORD },
  ...{ inboxPrefix: `_INBOX_${name}`, noAsyncTraces: true },
});

let turn = 0;
const some = () => 1 + (turn++ % ROWS);
const statement = (text) => (values) => db.query({ name: text.slice(0, 60), text, values: values() });
const READ = statement('select id, number, body from bare where id = $1');
const NOTE = statement(`insert into bare (number, body) values ($1, $2) returning ${PASSING}`);
const CHANGE = statement(`update bare set body = $2, number = number + 1 where id = $1 returning ${PASSING}`);
const SPEND = statement('update bare set number = number + 1, body = $2 where id = $1 returning number');
const read = () => READ(() => [some()]);
const [note, change, spend] = [NOTE, CHANGE, SPEND].map((run) => () => run(() => [some(), SOMETHING]));

const ask = async (subject) => (await nats.request(subject, SOMETHING, { timeout: 5_000 })).json();

const answers = {
  users: { get: read },
  credentials: {
    async password() {
      await read();
      await hash('correct horse battery staple', ARGON2);
      await read();
    },
    async code() {
      await read();
      await spend();
    },
  },
  flows: {
    async start() {
      await read();
      await note();
    },
    async password() {
      await read();
      await ask('users.bare-get');
      await ask('credentials.bare-password');
      await change();
    },
    async code() {
      await read();
      await Promise.all([ask('users.bare-get'), ask('credentials.bare-code')]);
      await spend();
    },
  },
};

for (const [question, answer] of Object.entries(answers[name] ?? {})) {
  nats.subscribe(`${name}.bare-${question}`, {
    queue: 'bare',
    async callback(_error, message) {
      message.json();
      await answer();
      message.respond(SOMETHING);
    },
  });
}
if (name === 'gateway') await listen();
await nats.flush();
console.log('ready');

async function listen() {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const signed = () => sign('sha256', Buffer.from(SOMETHING), key).toString('base64url');
  const http = fastify();
  http.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request, body) => Object.fromEntries(new URLSearchParams(body)),
  );
  http.get('/authorization', async (_request, reply) => {
    await ask('flows.bare-start');
    await note();
    return reply.type('text/html').send(PAGE);
  });
  http.post('/password', async (_request, reply) => {
    await ask('flows.bare-password');
    return reply.type('text/html').send(PAGE);
  });
  http.post('/code', async (_request, reply) => {
    await Promise.all([ask('flows.bare-code'), read()]);
    await note();
    await note();
    return reply.redirect('/done', 303);
  });
  http.post('/tokens', async () => {
    await change();
    await Promise.all([read(), ask('users.bare-get')]);
    await spend();
    return { access_token: signed(), id_token: signed() };
  });
  http.get('/userinfo', async () => {
    await Promise.all([read(), ask('users.bare-get')]);
    return { sub: name };
  });
  await http.listen({ port: Number(PORT), host: '127.0.0.1' });
}
