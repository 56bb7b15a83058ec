// The guides do what they say: every command of them is run, and after each section somebody signs in.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandsOf, Guide } from './guide.js';
import { NativeApp } from './native-app.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

/** Runs every command of a guide, in order, in one shell. Answers what was printed under each heading. */
async function runThrough(
  guide: string,
  realm: string,
  { env: more = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Map<string, string>> {
  const sections = [...(await commandsOf(guide))].filter(([, commands]) => commands);
  const script = sections.map(([heading, commands]) => `echo '## ${heading}'\n${commands}`).join('\n');
  const env = {
    ...process.env,
    URL: system.url,
    REALM: realm,
    ADMIN_PASSWORD: system.admin.password,
    ...more,
  };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env, cwd });
  const parts = stdout.split(/^## /m).slice(1);
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  );
}

describe('create-an-otp-flow.md', () => {
  let realm: RealmOfStory;
  let guide: Guide;
  beforeAll(async () => {
    realm = await RealmOfStory.create();
    guide = await Guide.open('create-an-otp-flow.md', realm);
    await realm.createUser('ann');
    await realm.createUser('stan');
  });

  const follow = (heading: string) => guide.follow(heading);

  /** The page that comes after the password; none, where it lets in. */
  async function pageAfterPassword(username: string): Promise<string | undefined> {
    const app = new NativeApp();
    const start = await app.get(realm.accountUrl);
    return (await app.send(start, { username, password: PASSWORD })).form?.page;
  }
  const ENROLMENT = 'login-login-config-totp';

  it('changes nothing by copying', async () => {
    await follow('Copy the browser flow');
    expect(await pageAfterPassword('ann')).toBeUndefined();
  });

  it('asks everyone', async () => {
    const printed = await follow('For everyone');
    expect(printed).toMatch(/^\[\]/);
    expect(printed).toContain('"CONFIGURE_TOTP"');
    expect(printed).toContain('"waits"');
    expect(await pageAfterPassword('ann')).toBe(ENROLMENT);
  });

  it('asks those who have the role', async () => {
    const printed = await follow('For a role');
    expect(printed).toMatch(/^\[\]/);
    expect(printed).toContain('"has staff"');
    expect(printed).toContain('"has not staff"');
    const admin = await administrator();
    const { id: userId } = await realm.findUser('stan');
    const role = await admin.roles.findOneByName({ realm: realm.name, name: 'staff' });
    const roles = [{ id: role!.id!, name: 'staff' }];
    await admin.users.addRealmRoleMappings({ realm: realm.name, id: userId!, roles });
    expect(await pageAfterPassword('stan')).toBe(ENROLMENT);
    expect(await pageAfterPassword('ann')).toBeUndefined();
  });

  it('asks everyone but those', async () => {
    expect(await follow('For everyone but a role')).toContain('[]');
    expect(await pageAfterPassword('stan')).toBeUndefined();
    expect(await pageAfterPassword('ann')).toBe(ENROLMENT);
  });

  it('gives the flow to one client and to no other', async () => {
    await follow('For a client');
    expect(await pageAfterPassword('ann')).toBeUndefined();
    const admin = await administrator();
    const [client] = await admin.clients.find({ realm: realm.name, clientId: 'shop' });
    const flows = await admin.authenticationManagement.getFlows({ realm: realm.name });
    const { id } = flows.find(({ alias }) => alias === 'my browser')!;
    expect(client?.authenticationFlowBindingOverrides).toEqual({ browser: id });
  });

  it('tells why somebody was asked, or was not', async () => {
    const { code, path } = JSON.parse(await follow('Why was somebody asked?'));
    expect(code).toMatchObject({ asked: expect.any(Boolean) });
    expect(path).toContainEqual(expect.objectContaining({ name: 'auth-username-password-form' }));
  });

  it('takes it back', async () => {
    await follow('Take it back');
    const admin = await administrator();
    const flows = await admin.authenticationManagement.getFlows({ realm: realm.name });
    expect(flows.map(({ alias }) => alias)).not.toContain('my browser');
    expect(await pageAfterPassword('ann')).toBeUndefined();
  });

  it('has no commands that nobody has run', () => {
    expect(guide.left).toEqual([]);
  });
});

describe('first-steps.md', () => {
  it('leads from a server that has just started to a user who sets up an app', async () => {
    const name = `guide-${randomUUID().slice(0, 8)}`;
    const printed = await runThrough('first-steps.md', name);
    expect(printed.get('An application')).toBe(`${system.url}/realms/${name}\n`);
    const app = new NativeApp();
    const start = await app.get(`${system.url}/realms/${name}/account`);
    const next = await app.send(start, { username: 'ann', password: 'First-time-only-7' });
    expect(next.form?.page).toBe('login-login-config-totp');
  });
});

describe('sign-in-over-json.md', () => {
  it('leads from nothing to tokens with every command of it, in order', async () => {
    const realm = await RealmOfStory.create();
    const printed = await runThrough('sign-in-over-json.md', realm.name);

    expect(JSON.parse(printed.get('Begin')!)).toMatchObject({
      page: 'login-login',
      fields: expect.arrayContaining([{ name: 'password', type: 'password', required: true }]) as unknown[],
    });
    expect(printed.get('Password')).toBe(
      '[{"name":"username","error":"Invalid username or password."}]\nlogin-login-config-totp\n',
    );
    expect(printed.get('Set up an authenticator app')).toBe(
      `otpauth://totp/${realm.name}:kim\nlogin-login-update-password\n`,
    );
    expect(printed.get('Whatever else is required')).toMatch(
      /^\[\{"name":"password-new","error":".+"\}\]\n$/,
    );
    expect(printed.get('Tokens')).toBe('{"token_type":"Bearer","scope":"openid profile email"}\n');
    expect(printed.get('The next time')).toBe(
      '{"page":"login-login-otp","fields":["otp"]}\norg.example.phone:/back\n204\n',
    );
    expect(printed.get('From a page of your own')).toBe('204\n403\n');

    const { id } = await realm.findUser('kim');
    expect(await realm.credentialTypes(id!)).toEqual(expect.arrayContaining(['password', 'otp']));
    expect((await realm.user(id!)).requiredActions).toEqual([]);
  });
});

describe('move-from-keycloak.md', () => {
  it('leads from a file of Keycloak to a realm whose people sign in', async () => {
    const name = `guide-${randomUUID().slice(0, 8)}`;
    const folder = await mkdtemp(join(tmpdir(), 'tumbler-guide-'));
    try {
      const text = await readFile(new URL('../fixtures/acme-realm.json', import.meta.url), 'utf8');
      // Under other ids than other stories have from the same file.
      const file = JSON.parse(text.replace(/(-4[0-9a-f]{3}-)8/g, '$19')) as object;
      await writeFile(join(folder, 'acme-realm.json'), JSON.stringify({ ...file, realm: name }));
      const printed = await runThrough('move-from-keycloak.md', name, { cwd: folder });
      expect(printed.get('Look before anything is written')).toContain('identityProviders');
      expect(printed.get('Look before anything is written')).toContain('"USER": 6');
      expect(printed.get('Move in')).toMatch(/"added": \d+/);
      expect(printed.get('See that it is all there')).toMatch(/^6\n/);
      expect(printed.get('See that it is all there')).toContain('"browserFlow": "browser with otp"');
      expect(printed.get('More users')).toBe('{"added":1,"skipped":1}\n{"added":1,"skipped":1}\n');
      expect(printed.get('Move out again')).toContain(`"realm": "${name}"`);
    } finally {
      await rm(folder, { recursive: true });
    }
    const app = new NativeApp();
    const start = await app.get(`${system.url}/realms/${name}/account`);
    const next = await app.send(start, { username: 'ann', password: 'Correct-horse-7' });
    expect(next.form?.page).toBe('login-login-otp');
  });
});
