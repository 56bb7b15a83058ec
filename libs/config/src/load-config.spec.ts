import { IsInt, IsString, MinLength } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, ServiceConfig, variablesOf } from './index.js';

class LampConfig extends ServiceConfig {
  @IsInt({ message: 'PORT must be a number' })
  @Type(() => Number)
  PORT: number = 8080;

  @IsString()
  @MinLength(8, { message: 'SECRET must have 8 characters' })
  SECRET: string = '';
}

const complete = { DATABASE_URL: 'postgres://lamp@localhost/lamp', SECRET: 'long enough' };

describe('the configuration', () => {
  it('takes each variable by its name and keeps the default of what is unset or empty', () => {
    const config = loadConfig(LampConfig, { ...complete, PORT: '9090', NATS_URL: '' });
    expect(config).toMatchObject({ ...complete, PORT: 9090, NATS_URL: 'nats://127.0.0.1:4222' });
  });

  it('reports everything that is wrong together, naming variables and never their values', () => {
    const load = () =>
      loadConfig(LampConfig, { DATABASE_URL: 'mysql://hunter2', PORT: 'x', SECRET: 'short' });
    expect(load).toThrow(ConfigError);
    const problems = (() => {
      try {
        load();
      } catch (error) {
        return (error as ConfigError).problems;
      }
    })();
    expect(problems).toHaveLength(3);
    for (const name of ['DATABASE_URL', 'PORT', 'SECRET']) expect(problems?.join()).toContain(name);
    expect(problems?.join()).not.toMatch(/hunter2|short\b/);
  });

  it('can say which variables it reads', () => {
    expect(variablesOf(LampConfig)).toEqual([
      'DATABASE_URL',
      'NATS_URL',
      'NATS_USER',
      'NATS_PASSWORD',
      'PORT',
      'SECRET',
    ]);
  });
});
