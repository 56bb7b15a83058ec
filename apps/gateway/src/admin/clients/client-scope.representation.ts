import { randomUUID } from 'node:crypto';
import { invalid } from '@tumbler/errors';
import { IsArray, IsIn, IsObject, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import type { ClientScope } from '../../oidc/clients/built-in-scopes.js';
import type { ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { mustBeStorable, represented } from '../input.js';
import { readMapper } from './protocol-mapper.representation.js';

/** Keycloak's ClientScopeRepresentation. */
class ScopeBody {
  @IsOptional() @IsUUID() id?: string;
  @IsOptional()
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e]+$/, {
    message: 'name may hold printable ASCII without spaces, quotes and backslashes (RFC 6749 §3.3)',
  })
  @MaxLength(255)
  name?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsOptional() @IsIn(['openid-connect']) protocol?: 'openid-connect';
  @IsOptional() @IsObject() attributes?: Record<string, unknown>;
  @IsOptional() @IsArray() protocolMappers?: unknown[];
}

export interface ReadScope extends Partial<Pick<ClientScope, 'id' | 'name' | 'description' | 'attributes'>> {
  protocolMappers?: ProtocolMapper[];
}

export async function readScope(input: unknown): Promise<ReadScope> {
  const body = await represented(ScopeBody, input, { name: 'ClientScopeRepresentation' });
  mustBeStorable(body);
  const { protocol: _one, attributes, protocolMappers, ...names } = body;
  const texts = Object.entries(attributes ?? {}).filter(([, value]) => value !== null);
  if (texts.some(([, value]) => typeof value === 'object'))
    throw invalid('attributes must hold texts', 'attributes');
  const mappers = await Promise.all((protocolMappers ?? []).map(readMapper));
  return {
    ...names,
    ...(attributes
      ? { attributes: Object.fromEntries(texts.map(([name, value]) => [name, String(value)])) }
      : {}),
    ...(protocolMappers
      ? { protocolMappers: mappers.map((mapper) => ({ id: randomUUID(), ...mapper })) }
      : {}),
  };
}

/** Roles and assignments have addresses of their own. */
export const scopeRepresentation = ({ roles: _roles, assigned: _assigned, ...scope }: ClientScope) => scope;
