import { Body, Controller, Get, Header, HttpCode, Post, Param, Req, Res, UseFilters } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users, type Realm } from '@tumbler/contract-users';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../http/bearer.js';
import { Realms } from '../realms/realms.js';
import { asForm } from './authorization.controller.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import { webOriginsOf } from './provider/client-metadata.js';
import { lacking, type Demand } from './userinfo-demand.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { userinfoClaims } from './tokens/claims.js';
import { MappedFacts } from './tokens/mapped-facts.js';

/** OpenID Connect Core §5.3: what an application may know of the user whose token it holds. */
@Controller('realms/:realm/protocol/openid-connect/userinfo')
@UseFilters(OAuthErrorsFilter)
export class UserinfoController {
  constructor(
    private readonly realms: Realms,
    private readonly tokens: AccessTokens,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly facts: MappedFacts,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async byGet(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('realm') realm: string) {
    await this.answer(request, reply, realm, bearersIn(request));
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async byPost(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: unknown,
  ) {
    await this.answer(request, reply, realm, [...bearersIn(request), ...tokensOfForm(request, body)]);
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    bearers: string[],
  ): Promise<void> {
    const realm = await this.realms.enabledByName(name);
    const token = bearers.length === 1 ? await this.tokens.verify(bearers[0]!) : undefined;
    const isGood = token?.realm.id === realm.id;
    // That a token is good no more, any script may read: it tells nobody anything of a user.
    allowOrigin(request, reply, isGood ? webOriginsOf(token.client) : ['*']);
    if (!isGood) return refuseToken(reply, realm, bearers.length);
    const { client } = token;
    const { scope } = token.claims;
    if (typeof scope !== 'string' || !scope.split(' ').includes('openid')) {
      return refuse(reply, 403, 'insufficient_scope', 'Missing openid scope');
    }
    const lacks = lacking(realm, client, token, this.clock.now());
    if (lacks) return challenge(reply, lacks);
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId: token.userId });
    if (!user?.enabled || token.issuedAt < user.notBefore) {
      return refuse(reply, 401, 'invalid_token', 'User disabled');
    }
    const asked = Array.isArray(token.claims.asked) ? { userinfo: token.claims.asked.map(String) } : {};
    const subject = { user, client, scope, asked };
    await reply.send(userinfoClaims(subject, await this.facts.of(realm, subject)));
  }
}

/** RFC 6750 §2.1; one that cannot be read is one all the same. */
const bearersIn = (request: FastifyRequest): string[] =>
  /^Bearer /i.test(request.headers.authorization ?? '') ? [bearerOf(request)] : [];

/** RFC 6750 §2.2: in a form and in no other kind of body. */
function tokensOfForm({ headers }: FastifyRequest, body: unknown): string[] {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return [];
  return new URLSearchParams(asForm(body)).getAll('access_token');
}

/** RFC 6750 §3.1: whoever brought no token at all did nothing wrong, and is told where one would be good. */
async function refuseToken(
  reply: FastifyReply,
  { name }: Pick<Realm, 'name'>,
  brought: number,
): Promise<void> {
  if (brought > 1) return refuse(reply, 400, 'invalid_request', 'There is more than one access token');
  if (brought === 1) return refuse(reply, 401, 'invalid_token', 'Token verification failed');
  await reply
    .status(401)
    .header('www-authenticate', `Bearer realm="${encodeURIComponent(name)}"`)
    .send({ error: 'invalid_token', error_description: 'There is no access token' });
}

/** RFC 9470 §3: which login would be good enough is said along with the refusal. */
async function challenge(reply: FastifyReply, { acr, maxAge }: Demand): Promise<void> {
  const error = 'insufficient_user_authentication';
  const description =
    acr === undefined ? 'A more recent login is required' : 'A higher level of authentication is required';
  const demanded = [
    ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ];
  await reply
    .status(401)
    .header(
      'www-authenticate',
      [`Bearer error="${error}"`, `error_description="${description}"`, ...demanded].join(', '),
    )
    .send({ error, error_description: description });
}

/** RFC 6750 §3 */
async function refuse(
  reply: FastifyReply,
  status: 400 | 401 | 403,
  error: string,
  description: string,
): Promise<void> {
  await reply
    .status(status)
    .header('www-authenticate', `Bearer error="${error}", error_description="${description}"`)
    .send({ error, error_description: description });
}

function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply, origins: string[]): void {
  const { origin } = headers;
  void reply.header('vary', 'origin');
  if (!origin || !(origins.includes(origin) || origins.includes('*'))) return;
  void reply
    .header('access-control-allow-origin', origin)
    .header('access-control-allow-credentials', 'true')
    .header('access-control-expose-headers', 'www-authenticate');
}
