import { invalid } from '@tumbler/errors';
import { IsIn, IsObject, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { isMapper } from '../../oidc/tokens/protocol-mappers.js';
import { mustBeStorable, represented, type Representation } from '../input.js';

class MapperBody {
  @IsOptional() @IsString() @MaxLength(64) id?: string;
  @IsString() @Length(1, 255) name: string;
  @IsOptional() @IsIn(['openid-connect']) protocol?: 'openid-connect';
  @IsString() @MaxLength(255) protocolMapper: string;
  @IsOptional() @IsObject() config?: Record<string, unknown>;
}

const MAPPER: Representation = {
  name: 'ProtocolMapperRepresentation',
  passOver: ['consentRequired', 'consentText'],
};

export async function readMapper(input: unknown): Promise<Omit<ProtocolMapper, 'id'>> {
  const body = await represented(MapperBody, input, MAPPER);
  mustBeStorable(body);
  const { name, protocolMapper, config = {} } = body;
  if (!isMapper(protocolMapper)) throw invalid(`There is no mapper ${protocolMapper}`, 'protocolMapper');
  const texts = Object.entries(config)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([key, value]) => [key, String(value)]);
  const mapper = { name, protocol: 'openid-connect' as const, protocolMapper };
  return { ...mapper, config: Object.fromEntries(texts) as Record<string, string> };
}
