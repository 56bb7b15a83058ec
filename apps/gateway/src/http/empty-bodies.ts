import type { FastifyInstance } from 'fastify';

/** Many clients name a content type on every request, also where they send nothing: that is no broken JSON. */
export function allowEmptyBodies(http: FastifyInstance): void {
  http.addHook('onRequest', (request, _reply, next) => {
    const { headers } = request;
    const isEmpty = headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
    if (isEmpty) delete headers['content-type'];
    next();
  });
}
