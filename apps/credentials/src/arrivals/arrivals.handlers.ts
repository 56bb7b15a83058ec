import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import {
  AdoptCredentials,
  credentials,
  DisownCredentials,
  ExamineCredentials,
  type ExaminedCredentials,
  type PolicySettings,
} from '@tumbler/contract-credentials';
import { AppError } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { Erasures } from '../credentials/erasures.js';
import { unspent } from '../otp/parameters.js';
import { PasswordHashes } from '../passwords/password-hashes.js';
import { knownRules, passwordPolicyOf } from '../passwords/password-policy.js';
import { dataOf } from '../passwords/phc.js';
import type { Whose } from '../passwords/passwords.js';
import { Vault } from '../secrets/vault.js';
import { readOwners, type Arriving } from './arriving-credentials.js';

/** Credentials of people who come from another server, kept before the people are there: nobody can use them until then. */
@Controller()
export class ArrivalsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly hashes: PasswordHashes,
    private readonly erasures: Erasures,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  @Answers(credentials.examine)
  examine({ passwordPolicy, owners }: ExamineCredentials): ExaminedCredentials {
    const { known, unknown } = knownRules(passwordPolicy);
    const { findings } = readOwners(owners, passwordPolicyOf(known));
    for (const rule of unknown) {
      // The name alone: what is in the brackets may be anything.
      const message = `the rule ${rule.replace(/\(.*/s, '').slice(0, 60)} is not known here`;
      findings.push({ kind: 'left_out', place: 'passwordPolicy', message });
    }
    return { findings, ...(known ? { passwordPolicy: known } : {}) };
  }

  @Answers(credentials.adopt)
  async adopt({ realmId, owners: sent }: AdoptCredentials): Promise<Record<string, never>> {
    const [policy] = await this.db.query<{ settings: PolicySettings }[]>(
      'select settings from policy where realm_id = $1',
      [realmId],
    );
    const { owners, findings } = readOwners(sent, passwordPolicyOf(policy?.settings.passwordPolicy));
    const [first] = findings;
    if (first) throw new AppError('invalid_request', { message: first.message, field: first.place });
    const taken = await this.takenIds(owners.flatMap((owner) => owner.credentials));
    const rows = await this.hashes.admit(() =>
      Promise.all(
        owners.flatMap(({ userId, credentials }) =>
          credentials.map(async (one, index) => {
            const id =
              one.from.id && isUUID(one.from.id) && !taken.has(one.from.id) ? one.from.id : randomUUID();
            return this.row({ realmId, userId }, one, { id, priority: (index + 1) * 10 });
          }),
        ),
      ),
    );
    if (rows.length > 0) await this.insert(realmId, rows);
    return {};
  }

  @Answers(credentials.disown)
  async disown({ realmId, userIds }: DisownCredentials): Promise<Record<string, never>> {
    if (userIds) await this.erasures.erase(realmId, userIds);
    else await this.erasures.forgetRealm(realmId);
    return {};
  }

  private async row(whose: Whose, one: Arriving, { id, priority }: { id: string; priority: number }) {
    const place = { ...whose, credentialId: id };
    const about = { id, userId: whose.userId, priority, createdAt: this.createdAt(one) };
    if (one.kind === 'otp') {
      const sealed = this.vault.seal(one.secret, place);
      const { label = null, parameters } = one;
      return { ...about, type: 'otp', label, data: parameters, sealed, lastStep: unspent(parameters) };
    }
    const phc = one.kind === 'password-hash' ? one.phc : await this.hashes.make(one.password);
    const sealed = this.vault.seal(Buffer.from(phc), place);
    return { ...about, type: 'password', label: null, data: dataOf(phc), sealed, lastStep: null };
  }

  /** One statement, however many they are. */
  private async insert(realmId: string, rows: Awaited<ReturnType<ArrivalsHandlers['row']>>[]): Promise<void> {
    await this.db.query(
      `insert into credential
         (realm_id, id, user_id, type, label, priority, created_at, data, key_id, sealed, last_step)
       select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::timestamptz[],
         $8::jsonb[], $9::text[], $10::bytea[], $11::bigint[])`,
      [
        realmId,
        rows.map(({ id }) => id),
        rows.map(({ userId }) => userId),
        rows.map(({ type }) => type),
        rows.map(({ label }) => label),
        rows.map(({ priority }) => priority),
        rows.map(({ createdAt }) => createdAt),
        rows.map(({ data }) => JSON.stringify(data)),
        rows.map(({ sealed }) => sealed.keyId),
        rows.map(({ sealed }) => sealed.data),
        rows.map(({ lastStep }) => lastStep),
      ],
    );
  }

  private createdAt({ from: { createdDate } }: Arriving): Date {
    const isTime = Number.isInteger(createdDate) && createdDate! >= 0 && createdDate! < 253_402_300_800_000;
    return isTime ? new Date(createdDate!) : this.clock.now();
  }

  private async takenIds(all: Arriving[]): Promise<Set<string>> {
    const ids = all.flatMap(({ from: { id } }) => (id && isUUID(id) ? [id] : []));
    const rows = await this.db.query<{ id: string }[]>(
      'select id from credential where id = any($1::uuid[])',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
