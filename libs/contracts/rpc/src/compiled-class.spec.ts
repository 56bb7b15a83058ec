import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
  Validate,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { instanceIfRight, unknownMarks } from './compiled-class.js';
import type { Payload } from './service.js';
import { agreement } from './testing/agreement.js';
import { validated } from './validate.js';

const UUID = 'a2f5c1de-9b1f-4c3e-8b44-0f6f6a3e6f10';

class Wheel {
  @IsInt() size: number;
}
class Bicycle {
  @IsString() name: string;
  @IsOptional() @ValidateNested() @Type(() => Wheel) front?: Wheel;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Wheel) spare?: Wheel[];
  @IsOptional() @IsObject() bag?: Record<string, unknown>;
}
/** Holds itself, and is one of what it extends. */
class Tandem extends Bicycle {
  @IsOptional() @ValidateNested() @Type(() => Tandem) behind?: Tandem;
}

/** A class with one field, `value`, that has these marks. */
function marked(marks: PropertyDecorator[]): Payload<{ value?: unknown }> {
  class Message {
    value?: unknown;
  }
  for (const mark of marks) mark(Message.prototype, 'value');
  return Message;
}

describe('a mark', () => {
  const wheel = [ValidateNested(), Type(() => Wheel)];
  const even = ValidateBy({ name: 'isEven', validator: { validate: (value) => Number(value) % 2 === 0 } });
  const sameAs = ValidateBy({
    name: 'isItself',
    validator: { validate: (value, args) => (args?.object as { value: unknown }).value === value },
  });

  it.each<[string, PropertyDecorator[], unknown[], unknown[]]>([
    ['IsString', [IsString()], ['', 'x'], [1, null, undefined, ['x'], {}]],
    ['MaxLength', [MaxLength(2)], ['', 'xx'], ['xxx', 1, ['x']]],
    ['IsInt', [IsInt()], [0, -1], ['1', 1.5, NaN, Infinity]],
    ['Min and Max', [Min(1), Max(2)], [1, 1.5, 2], [0, 3, '1']],
    ['IsBoolean', [IsBoolean()], [true, false], ['true', 0, null]],
    ['IsUUID', [IsUUID()], [UUID, UUID.toUpperCase()], ['x', '', `${UUID} `]],
    ['IsIn', [IsIn(['a', 1])], ['a', 1], ['b', '1', ['a']]],
    ['Matches', [Matches(/^a+$/)], ['aa'], ['', 'ab', 1, ['a']]],
    ['IsObject', [IsObject()], [{}, { x: [1, { y: null }] }], [null, 'x', []]],
    ['IsArray', [IsArray()], [[], [1, ['x', {}]]], [{}, { length: 0 }, 'x']],
    ['ArrayMaxSize', [ArrayMaxSize(2)], [[], [1, 2]], [[1, 2, 3], {}]],
    ['of each item', [IsString({ each: true })], [[], ['x'], 'x'], [['x', 1], [['x']], 1]],
    ['IsDefined', [IsDefined()], [0, ''], [null, undefined]],
    ['IsOptional', [IsOptional(), IsString()], [undefined, null, 'x'], [1]],
    ['ValidateIf', [ValidateIf((_, value) => value !== 1), IsString()], [1, 'x'], [2]],
    ['two conditions', [IsOptional(), ValidateIf((_, value) => value !== 1), IsString()], [null, 1], [2]],
    [
      'ValidateNested',
      wheel,
      [{ size: 1 }, [{ size: 1 }], [[{ size: 1 }]], [], undefined],
      [{}, { size: '1' }, null, 'x', [null]],
    ],
    ['ValidateNested inside', wheel, [], [{ size: 1, bell: 1 }, [{ size: 1 }, { size: 'x' }]]],
    ['Allow', [Allow()], ['x', null, { x: 1 }], []],
    ['one of its own', [even], [2, '2'], [1]],
    ['one that looks at the message', [sameAs], ['x'], [NaN]],
    ['one of a group', [IsString({ groups: ['a'] })], ['x'], [1]],
    ['one of always', [IsString({ always: false })], ['x'], [1]],
  ])('%s is held as class-validator holds it', async (_, marks, right, wrong) => {
    const Class = marked(marks);
    expect(unknownMarks(Class)).toEqual([]);
    for (const value of right)
      expect(await agreement(Class, { value })).toEqual({ atOnce: true, right: true });
    for (const value of wrong)
      expect(await agreement(Class, { value })).toEqual({ atOnce: false, right: false });
  });

  it('is inherited, and replaced by the one of a sub-class', async () => {
    class Base {
      @IsString() name: string;
      @IsInt() size: number;
    }
    class Sub extends Base {
      @IsBoolean() declare size: never;
    }
    expect(await agreement(Sub, { name: 'x', size: true })).toEqual({ atOnce: true, right: true });
    expect(await agreement(Sub, { name: 1, size: true })).toEqual({ atOnce: false, right: false });
    expect(await agreement(Sub, { name: 'x', size: 1 })).toEqual({ atOnce: false, right: false });
  });
});

describe('an instance', () => {
  it('is one of its class, and so are its parts', () => {
    const message = { name: 'x', behind: { name: 'y', front: { size: 28 }, spare: [{ size: 1 }] } };
    const tandem = instanceIfRight(Tandem, message, 'refuse');
    expect(tandem).toBeInstanceOf(Tandem);
    expect(tandem?.behind).toBeInstanceOf(Tandem);
    expect(tandem?.behind?.front).toBeInstanceOf(Wheel);
    expect(tandem?.behind?.spare?.[0]).toBeInstanceOf(Wheel);
  });

  it('shares nothing with the message', () => {
    const message = { name: 'x', bag: { tools: ['pump'] } };
    const bicycle = instanceIfRight(Bicycle, message, 'refuse');
    message.bag.tools.push('stolen');
    expect(bicycle?.bag).toEqual({ tools: ['pump'] });
  });

  it('leaves out a field that nobody declared, where that is asked', async () => {
    expect(instanceIfRight(Bicycle, { name: 'x', bell: true }, 'drop')).toStrictEqual(
      Object.assign(new Bicycle(), { name: 'x' }),
    );
    expect(instanceIfRight(Bicycle, { name: 'x', bell: true }, 'refuse')).toBeUndefined();
    const inside = { name: 'x', front: { size: 1, bell: true } };
    expect(await validated(Bicycle, inside, { unknownFields: 'drop' })).toMatchObject({ front: { size: 1 } });
  });
});

describe('what is not plainly right is left to class-validator', () => {
  const json = (text: string) => JSON.parse(text) as object;
  const sparse = (): unknown[] => {
    const list: unknown[] = [];
    list[2] = { size: 1 };
    return list;
  };
  const deep = (levels: number, inmost: object, around: (inner: object) => object): object => {
    let whole = inmost;
    for (let level = 0; level < levels; level++) whole = around(whole);
    return whole;
  };

  it.each<[string, object]>([
    ['a prototype in JSON', json('{"name":"x","__proto__":{"admin":true}}')],
    ['a prototype further inside', json('{"name":"x","front":{"size":1,"__proto__":{"size":2}}}')],
    ['a prototype among free fields', json('{"name":"x","bag":{"deep":[{"__proto__":{"admin":true}}]}}')],
    ['a prototype in place of fields', Object.create({ name: 'x' }) as object],
    ['a constructor', json('{"name":"x","constructor":{"name":"Wheel"}}')],
    ['a constructor further inside', json('{"name":"x","bag":{"constructor":{"prototype":{}}}}')],
    ['a method', json('{"name":"x","bag":{"toString":"x","hasOwnProperty":1}}')],
    ['a function', { name: 'x', bag: { then: () => {} } }],
    ['a date', { name: 'x', bag: { at: new Date(0) } }],
    ['a map', { name: 'x', bag: new Map([['x', 1]]) }],
    ['bytes', { name: 'x', bag: { bytes: Buffer.from('x') } }],
    ['a wrapped text', { name: new String('x') }],
    ['an instance of another class', { name: 'x', bag: new Wheel() }],
    ['no prototype', { name: 'x', bag: Object.create(null) as object }],
    ['a list with holes', { name: 'x', spare: sparse() }],
    ['a list with nothing in it', { name: 'x', bag: { list: [undefined] } }],
    ['a list that is an object', { name: 'x', spare: Object.assign(Object.create([]), { 0: 1 }) as object }],
    ['many levels', { name: 'x', bag: deep(60, {}, (bag) => ({ bag })) }],
    ['many lists', { name: 'x', bag: { list: deep(60, [], (list) => [list]) } }],
    ['many parts', deep(60, { name: 'y' }, (behind) => ({ name: 'x', behind }))],
    ['more levels than a stack has', { name: 'x', bag: deep(100_000, {}, (bag) => ({ bag })) }],
  ])('%s', async (_, message) => {
    expect(instanceIfRight(Tandem, message, 'refuse')).toBeUndefined();
    const byLibrary = await agreement(Tandem, message);
    const { right } = await agreement(Tandem, message, 'drop');
    expect(right || !byLibrary.right).toBe(true);
  });

  it('a constraint that says only when it is asked that it takes time', async () => {
    const isFree = ValidateBy({ name: 'isFree', validator: { validate: async (value) => value === 'free' } });
    expect(await agreement(marked([isFree]), { value: 'free' })).toEqual({ atOnce: false, right: true });
    expect(await agreement(marked([isFree]), { value: 'taken' })).toEqual({ atOnce: false, right: false });
  });

  it('a field to be dropped that class-transformer cannot read', async () => {
    const message = json('{"name":"x","bell":{"constructor":{"name":"Wheel"}}}');
    expect(await agreement(Bicycle, message, 'drop')).toEqual({ atOnce: false, right: false });
  });

  it('and no prototype is changed by it', async () => {
    for (const bag of ['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}']) {
      await validated(Bicycle, json(`{"name":"x","bag":${bag},"__proto__":{"admin":true}}`)).catch(() => {});
    }
    expect({}).not.toHaveProperty('admin');
    expect(new Bicycle()).not.toHaveProperty('admin');
  });
});

describe('a mark that is not known sends every message to class-validator', () => {
  @ValidatorConstraint({ name: 'isFree', async: true })
  class IsFree {
    async validate(value: unknown): Promise<boolean> {
      return value === 'free';
    }
  }
  class Begun {
    @IsString() value = 'begun';
  }
  class Named {
    @IsString()
    get value(): string {
      return 'x';
    }
  }
  class Carrier {
    @ValidateNested() @Type(() => Wheel) wheels: Set<Wheel>;
  }
  @Exclude()
  class Hidden {
    @IsOptional() @IsString() value?: string;
  }
  class Outer {
    @ValidateNested() @Type(() => Begun) part: Begun;
  }

  const kinds = { discriminator: { property: 'kind', subTypes: [{ value: Wheel, name: 'wheel' }] } };
  const wheel = { kind: 'wheel', size: 1 };

  it.each<[string, Payload, object, boolean]>([
    ['Transform', marked([IsString(), Transform(({ value }) => String(value))]), { value: 1 }, true],
    ['Type without ValidateNested', marked([IsInt(), Type(() => Number)]), { value: '1' }, true],
    ['Type of what has no marks', marked([ValidateNested(), Type(() => Date)]), { value: 0 }, true],
    ['Type by the message', marked([ValidateNested(), Type((_) => Wheel)]), { value: { size: 1 } }, true],
    ['Type by a field', marked([ValidateNested(), Type(() => Wheel, kinds)]), { value: wheel }, true],
    ['ValidateNested without Type', marked([ValidateNested()]), { value: {} }, true],
    ['ValidatePromise', marked([ValidatePromise(), IsString()]), { value: 'x' }, true],
    ['Expose', marked([IsString(), Expose({ name: 'other' })]), { other: 'x' }, true],
    ['Exclude', marked([IsOptional(), IsString(), Exclude()]), { value: 1 }, true],
    ['Exclude, of the whole', Hidden, { value: 1 }, true],
    ['a set of parts', Carrier, { wheels: [{ size: 1 }] }, true],
    ['a constraint that takes time', marked([Validate(IsFree)]), { value: 'taken' }, false],
    ['the option validateIf', marked([IsString({ validateIf: () => false })]), { value: 1 }, true],
    ['a value from the start', Begun, {}, true],
    ['a field that is a method', Named, {}, true],
    ['one further inside', Outer, { part: {} }, true],
  ])('%s', async (_, Class, message, right) => {
    expect(unknownMarks(Class)).not.toEqual([]);
    expect(await agreement(Class, message)).toEqual({ atOnce: false, right });
  });

  it('and is told by its place', () => {
    expect(unknownMarks(Outer)).toEqual(['Begun: a value that is there from the start']);
    const Class = marked([IsString(), Transform(({ value }) => value as string)]);
    expect(unknownMarks(Class)).toEqual(['Message.value: Transform']);
  });
});
