// docker-compose.yml names every service and every variable that its code reads, and keeps the secrets of each apart.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './install.mjs';
import { NATS_USERS } from './nats.mjs';
import { OPTIONS_OF_SERVICES } from './runtime.mjs';
import { SERVICES } from './services.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true });
const example = [...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
const environmentOf = (name) => compose.services[name].environment;

/** The variables that the configuration class of a service reads. */
async function variablesOfService(name) {
  const { variablesOf } = await import('../libs/config/dist/index.js');
  const exported = Object.values(await import(`../apps/${name}/dist/config.js`));
  const [Config] = exported.filter(
    (value) => typeof value === 'function' && /^class \w+Config /.test(String(value)),
  );
  return variablesOf(Config);
}

describe('docker-compose.yml', () => {
  it('names Postgres, NATS and each app that is a service', () => {
    const apps = readdirSync(join(ROOT, 'apps')).filter((name) => SERVICES.includes(name));
    expect(Object.keys(compose.services).sort()).toEqual(['nats', 'postgres', ...apps].sort());
    expect(apps.sort()).toEqual([...SERVICES].sort());
  });

  it.each(SERVICES)('tells %s exactly the variables that it reads', async (name) => {
    expect(Object.keys(environmentOf(name)).sort()).toEqual((await variablesOfService(name)).sort());
  });

  it.each(SERVICES)('builds %s from a stage of the Dockerfile that starts it as `npm start` does', (name) => {
    const { build } = compose.services[name];
    const stage = read('Dockerfile')
      .split(/^FROM /m)
      .find((text) => text.includes(` AS ${build.target}\n`));
    const command = ['node', ...OPTIONS_OF_SERVICES, `apps/${name}/dist/main.js`];
    expect(stage).toContain(`CMD ${JSON.stringify(command).replaceAll(',', ', ')}\n`);
  });

  it('runs no service as root or with a file system that it may change, and lets it run more than once', () => {
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
    for (const name of SERVICES) {
      expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(compose.services[name]).not.toHaveProperty('container_name');
    }
  });

  it('gives the database passwords and keys of a service to nobody else', () => {
    for (const name of SERVICES) {
      const others = SERVICES.filter((other) => other !== name).map((other) => other.toUpperCase());
      const text = JSON.stringify(environmentOf(name));
      for (const other of others) expect(text).not.toMatch(new RegExp(`(PASSWORD|KEYS)_${other}`));
    }
  });

  it('tells NATS a password for each user of deploy/nats.conf', () => {
    const used = [...read('deploy/nats.conf').matchAll(/\$(NATS_\w+)/g)].map(([, name]) => name);
    expect(Object.keys(environmentOf('nats')).sort()).toEqual([...new Set(used)].sort());
    expect(used).toEqual(
      expect.arrayContaining(NATS_USERS.map((user) => `NATS_PASSWORD_${user.toUpperCase()}`)),
    );
  });

  it('asks for nothing that .env.example does not name, and for everything in it', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual([...example].sort());
  });

  it('holds no secret itself', () => {
    for (const { environment } of Object.values(compose.services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|KEYS/.test(name)) expect(value, name).toMatch(/^\$\{\w+:\?\}$/);
      }
    }
  });
});
