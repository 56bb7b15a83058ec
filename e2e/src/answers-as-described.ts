// Every answer that a story is given over HTTP is held against the document that the running system has of itself.
import { AnswerCheck, type Document } from '@tumbler/openapi/answers';
import { inject } from 'vitest';

const { url } = inject('system');
const plainFetch = globalThis.fetch;
const document = (await (await plainFetch(`${url}/admin/openapi.json`)).json()) as Document;
const check = new AnswerCheck(document);

globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const request = input instanceof Request ? input : undefined;
  const target = new URL(input instanceof Request ? input.url : input);
  if (target.origin !== url) return response;
  const problem = check.problem({
    method: init?.method ?? request?.method ?? 'GET',
    path: target.pathname,
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: await response.clone().text(),
  });
  if (problem) throw new Error(`Not as the API is described: ${problem}`);
  return response;
};
