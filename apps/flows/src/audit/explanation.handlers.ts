import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { ExplainEvent, flows, type Explanation } from '@tumbler/contract-flows';
import { notFound } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { Authenticators } from '../authenticators/index.js';
import type { Traced } from '../engine/trace.js';
import type { Decided } from '../engine/walk.js';
import { pathOf } from '../simulation/path.js';
import { eventView } from './event.view.js';
import { UserEventRow } from './user-event.entity.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Types of credential that are codes. */
const CODES = ['otp', 'recovery-authn-codes'];
const SET_UP = 'CONFIGURE_TOTP';

/** Why a login went as it did. */
@Controller()
export class ExplanationHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly authenticators: Authenticators,
  ) {}

  @Answers(flows.explanation)
  async explain({ realmId, id }: ExplainEvent): Promise<Explanation> {
    const row = UUID.test(id) ? await this.read(realmId, id) : null;
    if (!row) throw notFound('Event not found');
    if (!row.trace)
      throw notFound('There is no explanation of this event: it belongs to no login that is known');
    // Several events belong to a login, and it may have gone on since this one.
    const trace = row.trace.filter(({ at }) => at <= row.time.getTime());
    return { event: eventView(row), code: this.code(trace), path: pathOf(trace) };
  }

  private read(realmId: string, id: string): Promise<UserEventRow | null> {
    return this.db.manager
      .createQueryBuilder(UserEventRow, 'event')
      .addSelect('event.trace')
      .where({ realmId, id })
      .getOne();
  }

  private code(trace: Traced[]): Explanation['code'] {
    const asked = trace.some(({ name, decided }) => this.asksForCode(name) && isAsked(decided));
    const because = trace.filter(asked ? speaksFor : speaksAgainst);
    return {
      asked,
      because: because.map(({ name, decided, why }) => [name, decided, ...(why ? [why] : [])].join(': ')),
    };
  }

  private asksForCode(name: string): boolean {
    const authenticator = this.authenticators.get(name);
    const type =
      authenticator && 'credentialType' in authenticator ? authenticator.credentialType : undefined;
    return name === SET_UP || (type !== undefined && CODES.includes(type));
  }
}

/** Of a login in one request, what it brought is asked for without a page. */
const isAsked = (decided: Decided): boolean => ['run', 'asked', 'required action'].includes(decided);

const FOR: Decided[] = ['condition true', 'set-up required'];
const AGAINST: Decided[] = ['condition false', 'left out', 'not possible', 'refused', 'failed'];

const speaksFor = ({ decided }: Traced): boolean => FOR.includes(decided);

/** What nobody is asked for here says nothing of a code. */
const speaksAgainst = ({ name, decided, why }: Traced): boolean =>
  (AGAINST.includes(decided) && why !== 'unsupported') || (name === 'auth-cookie' && decided === 'passed');
