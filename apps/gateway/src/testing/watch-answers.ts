import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnswerCheck, openApiPath, writtenTumblerApi } from '@tumbler/openapi/answers';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Holds each answer that a test is given against the document of the API; answers what does not fit, as it comes up. */
export function watchAnswers(app: NestFastifyApplication): Set<string> {
  const check = new AnswerCheck(writtenTumblerApi(ROOT));
  const problems = new Set<string>();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async ({ method, routeOptions }, reply, payload) => {
      const { url } = routeOptions;
      if (!url) return;
      const type = reply.getHeader('content-type');
      const problem = check.problem({
        ...{ method, path: openApiPath(url), status: reply.statusCode },
        contentType: String(type ?? ''),
        body: typeof payload === 'string' ? payload : '',
      });
      if (problem) problems.add(problem);
    });
  return problems;
}
