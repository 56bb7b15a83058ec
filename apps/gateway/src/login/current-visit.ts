import {
  createParamDecorator,
  Injectable,
  Res,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Visits, type Visit } from './visit.js';

@Injectable()
class BeginVisit implements PipeTransform<ExecutionContext, Promise<Visit>> {
  constructor(private readonly visits: Visits) {}

  transform(context: ExecutionContext): Promise<Visit> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest<{ Params: { realm: string } }>>();
    return this.visits.begin(request, http.getResponse<FastifyReply>(), request.params.realm);
  }
}

/** With `Res`, Nest leaves the answer to the method: a visit is answered by its own reply. */
const RequestContext = createParamDecorator((_: unknown, context: ExecutionContext) => context, [Res()]);

/** The visit that a request is, begun once the guards have let it in. Throws what `Visits.begin` throws. */
export const CurrentVisit = () => RequestContext(BeginVisit);
