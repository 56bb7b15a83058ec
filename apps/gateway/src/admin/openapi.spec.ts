import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiPath, type Document } from '@tumbler/openapi/answers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

describe('the document of the API', () => {
  let gateway: TestGateway;
  let document: Document;
  let etag: string;
  const routes: string[] = [];
  const operations = () => Object.values(document.paths).flatMap((each) => Object.values(each));

  beforeAll(async () => {
    gateway = await testGateway({}, (app) => {
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onRoute', ({ method, url }) => {
          for (const each of [method].flat()) routes.push(`${each} ${openApiPath(url)}`);
        });
    });
    const answer = await gateway.app.inject('/admin/openapi.json');
    document = answer.json();
    etag = String(answer.headers.etag);
  });
  afterAll(() => gateway.close());

  it('leaves nothing unsaid: whoever adds a route reads here what it lacks', () => {
    expect(document['x-unsaid']).toBeUndefined();
  });

  it('is OpenAPI 3.1, says a validator that is not ours', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(structuredClone({ ...document }))).toEqual({ valid: true });
  });

  it('names every route that there is, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // Fastify answers HEAD wherever it answers GET.
    const there = routes.filter((route) => !route.startsWith('HEAD '));
    expect(described.sort()).toEqual([...new Set(there)].sort());
  });

  it('gives each operation a name of its own, words, and what can go wrong', () => {
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, summary, responses } of operations()) {
      expect(summary, operationId).not.toBe('');
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['500', '503']));
    }
  });

  it('says which rights a route of the admin API asks for, and in which words it refuses', () => {
    const { security, responses } = document.paths['/admin/realms/{realm}/users']!.post!;
    expect(security).toEqual([{ bearer: ['manage-users'] }]);
    const ofRoles = (path: string) => document.paths[`/admin/realms/{realm}/${path}`]!.post!.security;
    expect(ofRoles('roles')).toEqual([{ bearer: ['manage-realm'] }]);
    expect(ofRoles('clients/{client}/roles')).toEqual([{ bearer: ['manage-clients'] }]);
    const admin = Object.entries(document.paths).filter(([path]) => path.startsWith('/admin/realms'));
    const open = admin.filter(([, operations]) =>
      Object.values(operations).some(({ security: [first] = [] }) => !first?.bearer?.length),
    );
    expect(open.map(([path]) => path)).toEqual([]);
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '404', '409']),
    );
    expect(responses['409']!.description).toContain('User exists with same username');
    expect(responses['404']!.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Told' } },
    });
  });

  it('takes the rules of a body from the class that it is held against', () => {
    expect(document.components.schemas.ExecutionBody).toMatchObject({
      required: ['id'],
      properties: {
        id: { type: 'string', maxLength: 64 },
        requirement: { enum: expect.arrayContaining(['REQUIRED', 'DISABLED']) },
        priority: { type: 'integer', default: 0 },
      },
    });
  });

  it('holds no schema that says nothing of what is taken or answered', () => {
    const silent = operations().flatMap(({ operationId, requestBody, responses }) =>
      Object.entries({ ...responses, body: requestBody }).flatMap(([what, said]) =>
        Object.values(said?.content ?? {}).some(({ schema }) => Object.keys(schema).length === 0)
          ? [`${operationId} ${what}`]
          : [],
      ),
    );
    expect(silent).toEqual([]);
  });

  it('is for everybody, also for pages of other origins, and is sent once', async () => {
    const again = await gateway.app.inject({
      url: '/admin/openapi.json',
      headers: { 'if-none-match': etag },
    });
    expect(again.statusCode).toBe(304);
    expect(again.headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' });
  });
});
