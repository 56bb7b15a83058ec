import { Type } from 'class-transformer';
import { IsInt, IsObject, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { rpc, service, validated } from './index.js';

class Wheel {
  @IsInt() size: number;
}
class Bicycle {
  @IsString() name: string;
  @ValidateNested() @Type(() => Wheel) front: Wheel;
}

describe('a message', () => {
  it('arrives as an instance of its class', async () => {
    const bicycle = await validated(Bicycle, { name: 'tandem', front: { size: 28 } });
    expect(bicycle.front).toBeInstanceOf(Wheel);
  });

  it.each([
    ['a field of the wrong type', { name: 7, front: { size: 28 } }, 'name'],
    ['a nested field of the wrong type, by its path', { name: 'x', front: { size: 'big' } }, 'front.size'],
    ['a field that nobody declared', { name: 'x', front: { size: 28 }, bell: true }, 'bell'],
  ])('is refused for %s', async (_, message, field) => {
    await expect(validated(Bicycle, message)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field },
    });
  });

  it.each([[null], ['text'], [['list']], [undefined]])('is refused when it is %j', async (message) => {
    await expect(validated(Bicycle, message)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('is refused where it names a constructor of its own', async () => {
    class Box {
      @IsObject() things: Record<string, unknown>;
    }
    const attack = { things: { constructor: { name: 'x' } } };
    await expect(validated(Box, attack)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('does not reach the prototype of anything', async () => {
    const attack = JSON.parse('{"name":"x","front":{"size":28},"__proto__":{"admin":true}}') as object;
    await validated(Bicycle, attack).catch(() => {});
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

it('a contract gives each question its subject', () => {
  expect(service('garage', { park: rpc(Bicycle).gives<number>() }).park.subject).toBe('garage.park');
});
