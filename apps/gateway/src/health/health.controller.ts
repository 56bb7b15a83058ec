import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { NATS } from '@tumbler/service';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { FirstAdministrator } from '../first-administrator.js';

const DEADLINE_MS = 1_000;

/** What of the connection is used here: an answer from the server proves that it is there. */
interface Reachable {
  rtt(): Promise<number>;
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly bus: Bus,
    private readonly db: DataSource,
    @Inject(NATS) private readonly nats: Reachable,
    private readonly administrator: FirstAdministrator,
  ) {}

  /** The process is there. */
  @Get('live')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  live() {
    return { status: 'UP' };
  }

  /** Everything that a login needs is there: 503 names what is not. */
  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const asked: Record<string, Promise<unknown>> = {
      postgres: this.db.query('select 1'),
      nats: this.nats.rtt(),
      users: this.bus.call(users.health, {}, { deadline: DEADLINE_MS }),
      credentials: this.bus.call(credentials.health, {}, { deadline: DEADLINE_MS }),
      flows: this.bus.call(flows.health, {}, { deadline: DEADLINE_MS }),
      administrator: this.administrator.isThere ? Promise.resolve() : Promise.reject(new Error('not yet')),
    };
    const answers = await Promise.all(
      Object.entries(asked).map(async ([name, answer]) => [name, (await inTime(answer)) ? 'UP' : 'DOWN']),
    );
    const isReady = answers.every(([, status]) => status === 'UP');
    await reply
      .status(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: isReady ? 'UP' : 'DOWN',
        parts: Object.fromEntries(answers) as Record<string, string>,
        ...(this.administrator.problem ? { problem: this.administrator.problem } : {}),
      });
  }
}

async function inTime(answer: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DEADLINE_MS);
  });
  const came = answer.then(
    () => true,
    () => false,
  );
  return Promise.race([came, late]).finally(() => clearTimeout(timer));
}
