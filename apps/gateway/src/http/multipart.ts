import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError, invalid } from '@tumbler/errors';
import { BODY_LIMIT, refuseUnread } from './large-files.js';

const MULTIPART = 'multipart/form-data';

/** Where a file comes in a form; everywhere else such a form is refused. */
const ADDRESS = /^\/admin\/realms\/:realm\/clients\/:client\/certificates\/:attr\/upload(?:-certificate)?$/;
const takesForm = ({ routeOptions: { url = '' } }: FastifyRequest): boolean => ADDRESS.test(url);

/**
 * Takes forms with files (RFC 7578). Each is a certificate or a few keys: it is held in memory, within the limit of every
 * other body, and Node reads it, which needs no package for it.
 */
export function takeForms(http: FastifyInstance): void {
  http.addHook('onRequest', (request, reply, done) => {
    const isLarge = Number(request.headers['content-length']) > BODY_LIMIT;
    if (!isLarge || !takesForm(request)) return done();
    void refuseUnread(reply, new AppError('payload_too_large', { message: 'The file is too large' }));
  });
  http.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, (request, sent, done) => {
    if (takesForm(request)) done(null, sent);
    else done(new AppError('invalid_request', { message: 'This address takes no form with files' }));
  });
}

/** The form that a request brought. Throws `invalid_request` where it is none. */
export async function multipartOf({ headers, body }: FastifyRequest): Promise<FormData> {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith(MULTIPART) || !Buffer.isBuffer(body)) throw invalid(`${MULTIPART} is expected`);
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    throw invalid('The form cannot be read');
  }
}
