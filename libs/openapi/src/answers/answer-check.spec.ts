import { describe, expect, it } from 'vitest';
import { AnswerCheck } from './answer-check.js';
import type { Document, Operation } from '../document.js';

const operation = (responses: Operation['responses']): Operation => ({
  operationId: 'x',
  tags: [],
  summary: 'x',
  responses,
});
const json = (schema: object) => ({ description: '', content: { 'application/json': { schema } } });

const document: Document = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1', description: 'x', license: { name: 'x', identifier: 'x' } },
  servers: [],
  tags: [],
  paths: {
    '/things/{id}': {
      get: operation({ 200: json({ $ref: '#/components/schemas/Thing' }), 304: { description: '' } }),
    },
    '/things/count': { get: operation({ 200: json({ type: 'integer' }) }) },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string', format: 'uuid' }, below: { $ref: '#/components/schemas/Thing' } },
      },
    },
    securitySchemes: {},
  },
};

const ID = '6f0d3a5e-94c4-4a6f-9a7c-0d2b8a3c7e11';
const check = new AnswerCheck(document);
const problem = (path: string, body: unknown, more = {}) =>
  check.problem({
    ...{ method: 'GET', path, status: 200, contentType: 'application/json; charset=utf-8' },
    body: body === undefined ? '' : JSON.stringify(body),
    ...more,
  });

describe('an answer', () => {
  it.each([
    ['as described', `/things/${ID}`, { id: ID, below: { id: ID } }, {}],
    ['at the address with fewer holes', '/things/count', 3, {}],
    ['at the path of the operation itself', '/things/{id}', { id: ID }, {}],
    ['without a body, as described', `/things/${ID}`, undefined, { status: 304 }],
    ['of something else', '/elsewhere', { what: 'ever' }, {}],
  ])('is fine %s', (_what, path, body, more) => {
    expect(problem(path, body, more)).toBeUndefined();
  });

  it.each([
    ['a field that nobody described', `/things/${ID}`, { id: ID, secret: 'x' }, {}, /additional properties/],
    [
      'one further in',
      `/things/${ID}`,
      { id: ID, below: { id: ID, secret: 1 } },
      {},
      /below must NOT have add/,
    ],
    ['a missing field', `/things/${ID}`, {}, {}, /required property 'id'/],
    ['a wrong format', `/things/${ID}`, { id: 'x' }, {}, /format "uuid"/],
    ['a status that nobody described', `/things/${ID}`, {}, { status: 404 }, /answered 404, which is not/],
    ['another type', `/things/${ID}`, {}, { contentType: 'text/html' }, /with text\/html, which is not/],
    ['nothing where something was to be', `/things/${ID}`, undefined, {}, /without a body/],
  ])('is not, with %s', (_what, path, body, more, message) => {
    expect(problem(path, body, more)).toMatch(message);
  });
});
