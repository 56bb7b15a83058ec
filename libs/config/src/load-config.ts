import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

type Constructor<T> = new () => T;

/** Names the variables that are wrong and the rule each breaks; never a value, since a value may be a password. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Fills an instance of `Config` from the environment: each property takes the variable of its own name, unset and empty
 * variables keep the default. Throws one {@link ConfigError} that names every problem.
 */
export function loadConfig<T extends object>(
  Config: Constructor<T>,
  env: NodeJS.ProcessEnv = process.env,
): T {
  const defaults = new Config();
  const names = Object.keys(defaults) as (keyof T & string)[];
  const given = Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]));
  const config = plainToInstance(Config, { ...defaults, ...given }, { enableImplicitConversion: false });
  const problems = validateSync(config, { validationError: { target: false, value: false } }).flatMap(
    (error) => Object.values(error.constraints ?? {}),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The variables that a configuration class reads, in the order they are declared. */
export function variablesOf(Config: Constructor<object>): string[] {
  return Object.keys(new Config());
}
