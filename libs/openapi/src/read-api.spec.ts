import { beforeAll, describe, expect, it } from 'vitest';
import type { Document, Operation } from './document.js';
import { apiOf } from './testing/tree.js';

const CONTRACT = `
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
export const stock = service('stock', { find: rpc<Thing>(), add: rpc<Thing>() });
export class FindThings {
  @IsString() shopId: string;
  /** How many to pass over. */
  @IsOptional() @IsInt() @Min(0) first?: number;
  @IsOptional() @IsArray() @MaxLength(20, { each: true }) colours?: string[];
}
export interface Thing { id: string; name: string; price: number | null; madeAt: Date; parts: Thing[]; secret?: undefined }
declare function service<D>(name: string, questions: D): D;
declare function rpc<A>(): { answer?: A };
`;

const HANDLERS = `
import { stock } from './contract.js';
import { conflict } from './errors.js';
export class StockHandlers {
  @Answers(stock.add)
  add(name: string) {
    if (name === 'x') throw conflict(\`There is a \${name}\`);
  }
}
`;

const ERRORS = `
export class AppError extends Error { constructor(readonly code: string, readonly details: object = {}) { super(code); } }
export const conflict = (message: string) => new AppError('conflict', { message });
export const notFound = (message: string) => new AppError('not_found', { message });
export interface Told { error: string }
export interface ShopErrors { conflict: Told & { field?: string }; not_found: Told; unauthorized: Told; invalid_request: Told }
`;

const CONTROLLER = `
import { FindThings, stock, type Thing } from './contract.js';
import { AppError, notFound } from './errors.js';

const ShopController = (...paths: string[]) =>
  applyDecorators(Controller(paths.map((path) => \`shops/\${path}\`)), UseGuards(KeyGuard), UseFilters(ShopErrorsFilter));
const LISTS = ['old', 'new'];
const idOf = (missing: string) => ({ transform(value: string) { if (!isUUID(value)) throw notFound(missing); return value; } });
const ThingId = () => Param('thing', idOf('No such thing'));

const NEEDS = 'tumbler:needs';
const Needs = (...needs: string[]) => SetMetadata(NEEDS, needs);
const NeedsByAddress = (verb: string) =>
  SetMetadata(NEEDS, (url: string) => [url.includes('/:thing/') ? \`\${verb}-thing\` : 'x']);

class KeyGuard {
  canActivate(context: any) {
    if (!bearerOf(context)) throw new AppError('unauthorized');
    return true;
  }
}
const bearerOf = (context: any): string => context.token;

class ThingBody {
  @IsString() @MaxLength(40) name: string;
  @IsOptional() @IsIn([1, 2]) size?: 1 | 2;
  @IsInt() amount: number = 1;
  @Matches(/^[a-z]+$/) colour?: string;
}
const readThing = (input: unknown): Promise<ThingBody> => represented(ThingBody, input, {});
const thingRepresentation = ({ id, name, price }: Thing) => ({ id, name, ...(price ? { price } : {}) });

/** What a shop sells. And more. */
@ShopController(':shop/things')
export class ThingsController {
  constructor(private readonly bus: any) {}

  /** Lists things. In the order in which they were made. */
  @Get()
  async list(@Param('shop') shop: string, @Query() query: Record<string, string>): Promise<Thing[]> {
    const asked = await fromQuery(FindThings, query, { shopId: shop });
    return query.brief === 'true' ? [] : this.bus.call(stock.find, asked);
  }

  @Post()
  @HttpCode(201)
  @Needs('sell', 'own')
  async add(@Param('shop') shop: string, @Body() input: unknown, @Res({ passthrough: true }) reply: any): Promise<void> {
    await this.bus.call(stock.add, await readThing(input));
    reply.header('location', shop);
  }

  @Get(LISTS.map((list) => \`lists/\${list}\`))
  some() { return [] as string[]; }

  @Get(':thing')
  async read(@ThingId() id: string, thing: Thing) { return thingRepresentation(thing); }

  @NeedsByAddress('draw')
  @Post(':thing/picture')
  async draw(@ThingId() id: string, @Res() reply: any): Promise<void> {}
}
`;

const DESCRIBED = `
interface Page { html: string }
interface Download { file: string }
export interface ShopApi {
  'POST /shops/{shop}/things/{thing}/picture': { form: { size: string }; 200: { drawn: true } | Page | Download; upload: { picture: string }; 204: void };
}
`;

const shop = (more: Record<string, string> = {}) => ({
  'shop/src/contract.ts': CONTRACT,
  'stock/src/errors.ts': ERRORS,
  'shop/src/errors.ts': ERRORS,
  'stock/src/contract.ts': `export { stock } from '../../shop/src/contract.js';`,
  'stock/src/stock.handlers.ts': HANDLERS,
  'shop/src/things.controller.ts': CONTROLLER,
  'shop/src/shop.api.ts': DESCRIBED,
  ...more,
});

describe('an API is read out of its source', () => {
  let api: Document;
  let add: Operation;
  beforeAll(() => {
    api = apiOf(shop());
    add = api.paths['/shops/{shop}/things']!.post!;
  });

  it('finds the routes, also those of a decorator that is made of others and of a list', () => {
    expect(Object.keys(api.paths)).toEqual([
      '/shops/{shop}/things',
      '/shops/{shop}/things/lists/new',
      '/shops/{shop}/things/lists/old',
      '/shops/{shop}/things/{thing}',
      '/shops/{shop}/things/{thing}/picture',
    ]);
    expect(api.paths['/shops/{shop}/things/lists/old']!.get!.operationId).toBe('things.some.Old');
    expect(api.tags).toEqual([{ name: 'Things', description: 'What a shop sells. And more.' }]);
  });

  it('has words from what is written above a method, or else from its name', () => {
    expect(api.paths['/shops/{shop}/things']!.get).toMatchObject({
      summary: 'Lists things',
      description: 'Lists things. In the order in which they were made.',
    });
    expect(add.summary).toBe('Things: add');
  });

  it('asks for what the class of a query holds, and for what is read of it besides', () => {
    expect(api.paths['/shops/{shop}/things']!.get!.parameters).toEqual([
      { name: 'shop', in: 'path', required: true, schema: { type: 'string' } },
      {
        name: 'first',
        in: 'query',
        description: 'How many to pass over.',
        schema: { type: 'integer', minimum: 0 },
      },
      {
        name: 'colours',
        in: 'query',
        schema: { type: 'array', items: { type: 'string', maxLength: 20 } },
      },
      { name: 'brief', in: 'query', schema: { type: 'boolean' } },
    ]);
  });

  it('knows which id must be a UUID', () => {
    expect(api.paths['/shops/{shop}/things/{thing}']!.get!.parameters).toContainEqual({
      name: 'thing',
      in: 'path',
      required: true,
      schema: { type: 'string', format: 'uuid' },
    });
  });

  it('takes the rules of a body from the class that it is held against, wherever that is done', () => {
    expect(add.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ThingBody' } } },
    });
    expect(api.components.schemas.ThingBody).toEqual({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', maxLength: 40 },
        size: { type: 'integer', enum: [1, 2] },
        amount: { type: 'integer', default: 1 },
        colour: { type: 'string', pattern: '^[a-z]+$' },
      },
    });
  });

  it('takes what is answered from the type that is returned, as JSON has it', () => {
    expect(api.components.schemas.Thing).toEqual({
      type: 'object',
      required: ['id', 'name', 'price', 'madeAt', 'parts'],
      properties: {
        id: { type: 'string' },
        name: { type: 'string' },
        price: { type: ['null', 'number'] },
        madeAt: { type: 'string', format: 'date-time' },
        parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
      },
    });
    expect(api.components.schemas.ThingRepresentation).toMatchObject({ required: ['id', 'name'] });
    expect(Object.keys(api.components.schemas)).toEqual([
      'Thing',
      'ThingBody',
      'ThingRepresentation',
      'Told',
    ]);
  });

  it('follows what can go wrong through guards, pipes and over the bus', () => {
    expect(Object.keys(add.responses)).toEqual(['201', '400', '401', '409', '413', '500', '503']);
    expect(add.responses['201']!.headers).toHaveProperty('location');
    expect(add.responses['409']).toEqual({
      description: 'In conflict with what is there\n\n- There is a {name}',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['error'],
            properties: { error: { type: 'string' }, field: { type: 'string' } },
          },
        },
      },
    });
    const { responses } = api.paths['/shops/{shop}/things/{thing}']!.get!;
    expect(responses['404']!.description).toContain('No such thing');
    expect(api.paths['/shops/{shop}/things/lists/new']!.get!.responses).not.toHaveProperty('404');
  });

  it('says who may ask', () => {
    expect(add.security).toEqual([{ bearer: ['sell'] }, { bearer: ['own'] }]);
    const at = (path: string) => Object.values(api.paths[path]!)[0]!.security;
    expect(at('/shops/{shop}/things/{thing}/picture')).toEqual([{ bearer: ['draw-thing'] }]);
    expect(at('/shops/{shop}/things/{thing}')).toEqual([{ bearer: [] }]);
  });

  it('takes a description where a method sends its answer by itself', () => {
    expect(api.paths['/shops/{shop}/things/{thing}/picture']!.post).toMatchObject({
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': {}, 'multipart/form-data': {} },
      },
      responses: {
        200: { content: { 'application/json': {}, 'text/html': {}, 'application/octet-stream': {} } },
        204: { description: 'Done, and nothing to say' },
        401: { content: { 'application/json': {}, 'text/html': {} } },
      },
    });
  });
});

describe('what cannot be read is named', () => {
  it.each([
    [
      'an answer by what a parameter is made of',
      {
        'shop/src/counter.controller.ts': `
          class Greet { transform(context: any) { return { reply: context.reply }; } }
          const RequestContext = createParamDecorator((_: unknown, context: any) => context, [Res()]);
          const Customer = () => RequestContext(Greet);
          @Controller('counter') @UseFilters(ShopErrorsFilter)
          export class CounterController { @Get() greet(@Customer() customer: any): void {} }`,
      },
      /counter\.controller\.ts:6: GET \/counter sends its answer by itself/,
    ],
    [
      'an answer that nobody described',
      { 'shop/src/shop.api.ts': '' },
      /apps\/shop\/src\/things\.controller\.ts:\d+: POST .*picture sends its answer by itself; say in a \*\.api\.ts/,
    ],
    [
      'a description of what is not there',
      { 'shop/src/more.api.ts': `export interface More { 'GET /nowhere': { 200: string } }` },
      /apps\/shop\/src\/more\.api\.ts:1: there is no GET \/nowhere/,
    ],
    [
      'a path that is known only at run time',
      {
        'shop/src/late.controller.ts': `@Controller(process.env.PLACE) export class LateController { @Get() read() { return 1; } }`,
      },
      /late\.controller\.ts:1: write the path of this route out as text/,
    ],
    [
      'a filter whose words are not known',
      {
        'shop/src/other.controller.ts': `@Controller('x') @UseFilters(OddErrorsFilter) export class OddController { @Get() read() { return 1; } }`,
      },
      /OddErrorsFilter tells errors, and no type OddErrors says how/,
    ],
  ])('%s', (_what, files, message) => {
    expect(apiOf(shop(files))['x-unsaid']).toEqual([expect.stringMatching(message)]);
  });
});
