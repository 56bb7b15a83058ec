import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { users, type ArrivingRealm } from '@tumbler/contract-users';
import { chunks } from './chunks.js';
import type { Findings } from './findings.js';
import type { Plan } from './plan.js';
import type { RealmFile } from './realm-file.js';

/** Types that are a way in by themselves, and no second step. */
const NO_SECOND_FACTOR = ['password', 'webauthn-passwordless'];

/** Asks those who will keep the parts of a plan whether they can. Nothing is written. */
@Injectable()
export class Examination {
  constructor(private readonly bus: Bus) {}

  async ofPlan(
    plan: Plan,
    findings: Findings,
    passwordPolicy?: string,
  ): Promise<{ passwordPolicy?: string }> {
    const { roles, groups } = plan;
    for (const part of chunks(roles)) await this.ask({ roles: part }, findings);
    for (const part of chunks(groups)) await this.ask({ groups: part }, findings);
    for (const part of chunks(plan.users)) await this.ask({ users: part }, findings);
    let known: string | undefined;
    for (const owners of passwordPolicy && plan.owners.length === 0 ? [[]] : chunks(plan.owners)) {
      const examined = await this.bus.call(credentials.examine, { owners, passwordPolicy });
      const isFirst = known === undefined;
      known = examined.passwordPolicy;
      findings.add(examined.findings.filter(({ place }) => isFirst || place !== 'passwordPolicy'));
    }
    leaveOut(plan, findings);
    return known === undefined ? {} : { passwordPolicy: known };
  }

  async ofRealm(file: RealmFile, realm: ArrivingRealm, findings: Findings): Promise<void> {
    findings.add((await this.bus.call(users.examineArrival, { realm, part: {} })).findings);
    const { flows: list, configs, bindings } = file;
    if (
      list.length === 0 &&
      configs.length === 0 &&
      Object.values(bindings).every((alias) => alias === undefined)
    )
      return;
    const arriving = { flows: list, configs, bindings };
    findings.add((await this.bus.call(flows.examineFlows, { arriving })).findings);
  }

  private async ask(part: object, findings: Findings): Promise<void> {
    findings.add((await this.bus.call(users.examineArrival, { part })).findings);
  }
}

/**
 * What credentials cannot keep goes. Whoever had a second factor, and has none any more, sets one up before they get in:
 * else a password alone would open from now on what it did not open before.
 */
function leaveOut(plan: Plan, findings: Findings): void {
  const byId = new Map(plan.users.map((user) => [user.id, user]));
  for (const owner of plan.owners) {
    const gone = owner.credentials.filter(({ place }) => findings.isLeftOut(place));
    if (gone.length === 0) continue;
    owner.credentials = owner.credentials.filter((credential) => !gone.includes(credential));
    const hasLost = gone.some(({ type }) => !NO_SECOND_FACTOR.includes(type));
    const user = byId.get(owner.userId);
    if (!hasLost || !user || owner.credentials.some(({ type }) => type === 'otp')) continue;
    user.requiredActions = [...new Set([...(user.requiredActions ?? []), 'CONFIGURE_TOTP'])];
    const message = `${user.username} has no second factor any more, and sets one up at the next sign-in`;
    findings.leftOut(`${user.place}.credentials`, message);
  }
}
