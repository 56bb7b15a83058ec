import { invalid } from '@tumbler/errors';

/** How a password was hashed: what an administrator may see of it. Keycloak's `credentialData` (keycloak.md §5.5). */
export interface PasswordData {
  hashIterations: number;
  algorithm: 'argon2' | 'pbkdf2' | 'pbkdf2-sha256' | 'pbkdf2-sha512';
  additionalParameters: Record<string, string[]>;
}

/**
 * A hash as text that says how it was made: `$argon2id$v=19$m=7168,t=5,p=1$salt$hash`, and in the same manner
 * `$pbkdf2-sha512$i=210000$salt$hash`. Base64 without padding.
 */
export interface Phc {
  id: string;
  version?: number;
  parameters: Record<string, number>;
  salt: Buffer;
  hash: Buffer;
}

export function readPhc(text: string): Phc {
  const [, id = '', ...rest] = text.split('$');
  const version = rest[0]?.startsWith('v=') ? Number(rest.shift()!.slice(2)) : undefined;
  const [parameters = '', salt = '', hash = ''] = rest;
  return {
    id,
    version,
    parameters: Object.fromEntries(
      parameters.split(',').map((part): [string, number] => {
        const [name = '', value] = part.split('=');
        return [name, Number(value)];
      }),
    ),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function writePhc({ id, version, parameters, salt, hash }: Phc): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const parts = [
    id,
    ...(version === undefined ? [] : [`v=${version}`]),
    given.join(','),
    bare(salt),
    bare(hash),
  ];
  return `$${parts.join('$')}`;
}

const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** What may be shown of a hash. */
export function dataOf(text: string): PasswordData {
  const { id, version, parameters, hash } = readPhc(text);
  if (!id.startsWith('argon2'))
    return {
      hashIterations: parameters.i!,
      algorithm: id as PasswordData['algorithm'],
      additionalParameters: {},
    };
  return {
    hashIterations: parameters.t!,
    algorithm: 'argon2',
    additionalParameters: {
      hashLength: [String(hash.length)],
      memory: [String(parameters.m)],
      type: [id.slice('argon2'.length)],
      version: [version === 19 ? '1.3' : '1.0'],
      parallelism: [String(parameters.p)],
    },
  };
}

const KNOWN = new Set<unknown>(['argon2', 'pbkdf2', 'pbkdf2-sha256', 'pbkdf2-sha512']);

/** Whether it says that it was made in a way that can be repeated here. */
export const isKnownHash = (data: unknown): boolean => KNOWN.has(fieldsOf(data).algorithm);

/** A hash from a Keycloak export, as PHC text. Throws `invalid_request`, and repeats nothing of the hash. */
export function phcOfKeycloak(data: unknown, secret: unknown): string {
  const { algorithm, hashIterations, additionalParameters: more } = fieldsOf(data);
  const { value, salt } = fieldsOf(secret);
  const id = typeof algorithm === 'string' ? algorithm : '';
  const iterations = count(hashIterations, 'hashIterations', 10_000_000);
  const bytes = { salt: base64(salt, 'salt', 8), hash: base64(value, 'value', 16) };
  if (id !== 'argon2' && isKnownHash(data)) return writePhc({ id, parameters: { i: iterations }, ...bytes });
  if (id !== 'argon2') throw invalid(`Unknown password hash algorithm: ${id.slice(0, 40)}`, 'credentialData');

  const parameter = (name: string, otherwise = ''): string => {
    const found = fieldsOf(more)[name];
    const one: unknown = Array.isArray(found) ? found[0] : found;
    return typeof one === 'string' || typeof one === 'number' ? String(one) : otherwise;
  };
  const type = parameter('type', 'id');
  const version = { '1.3': 19, '1.0': 16 }[parameter('version', '1.3')];
  if (!['id', 'i', 'd'].includes(type) || !version)
    throw invalid('Unknown type or version of argon2', 'credentialData');
  return writePhc({
    id: `argon2${type}`,
    version,
    parameters: {
      m: count(parameter('memory'), 'memory', 1_048_576),
      t: count(iterations, 'hashIterations', 1000),
      p: count(parameter('parallelism'), 'parallelism', 64),
    },
    ...bytes,
  });
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function count(value: unknown, name: string, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw invalid(`${name}: a number from 1 to ${most}`, 'credentialData');
  return number;
}

function base64(value: unknown, name: string, least: number): Buffer {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64');
  if (bytes.length < least || bytes.length > 512) throw invalid(`${name}: base64 was expected`, 'secretData');
  return bytes;
}
