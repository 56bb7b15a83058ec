import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CredentialSummary, PolicySettings } from '@tumbler/contract-credentials';
import type { Tell } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { Vault } from '../secrets/vault.js';
import { PasswordHashes } from './password-hashes.js';
import { brokenBy, passwordPolicyOf, type Broken, type PasswordOwner } from './password-policy.js';
import { dataOf } from './phc.js';

export interface Whose {
  realmId: string;
  userId: string;
}

/** A password that may be stored: its hash, and what becomes of the one before. */
export interface PreparedPassword {
  phc: string;
  /** The credential that it takes the place of. */
  previous?: { id: string; phc: string };
  /** How many passwords before it are kept. */
  keep: number;
}

interface KnownRow {
  settings: PolicySettings | null;
  id: string | null;
  keyId: string;
  sealed: Buffer;
}

/** Gives users passwords. Hashing is done before the transaction, so that no row is locked while it takes its time. */
@Injectable()
export class Passwords {
  constructor(
    private readonly db: DataSource,
    private readonly hashes: PasswordHashes,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** Holds a password in clear against the realm's policy, and hashes it if it may be taken. */
  async prepare(whose: Whose, password: string, owner: PasswordOwner): Promise<PreparedPassword | Broken> {
    const { policy, previous, older } = await this.known(whose);
    const broken = brokenBy(password, policy, owner);
    if (broken) return broken;
    if (policy.history > 0) {
      const before = [...(previous ? [previous.phc] : []), ...older].slice(0, policy.history);
      for (const phc of before)
        if (await this.hashes.matches(password, phc))
          return { key: 'invalidPasswordHistoryMessage', params: [policy.history] };
    }
    return { phc: await this.hashes.make(password), previous, keep: Math.max(policy.history - 1, 0) };
  }

  /** A hash that was made elsewhere, which no rule can be held against. */
  async adopt(whose: Whose, phc: string): Promise<PreparedPassword> {
    const { policy, previous } = await this.known(whose);
    return { phc, previous, keep: Math.max(policy.history - 1, 0) };
  }

  /** Puts the password in place of the one that is there; a user has one. */
  async store(
    tx: EntityManager,
    tell: Tell,
    whose: Whose,
    password: PreparedPassword,
  ): Promise<CredentialSummary> {
    const { realmId, userId } = whose;
    const { phc, previous, keep } = password;
    const id = previous?.id ?? randomUUID();
    const now = this.clock.now();
    const sealed = this.vault.seal(Buffer.from(phc), { ...whose, credentialId: id });
    // The id goes with the secret that is sealed for it, should two first passwords arrive at once.
    await tx.query(
      `insert into credential (id, realm_id, user_id, type, priority, created_at, data, key_id, sealed)
       values ($1, $2, $3, 'password',
               (select coalesce(max(priority), 0) + 10 from credential where realm_id = $2 and user_id = $3),
               $4, $5, $6, $7)
       on conflict (realm_id, user_id) where type = 'password' do update
          set id = excluded.id, created_at = excluded.created_at, data = excluded.data, key_id = excluded.key_id,
              sealed = excluded.sealed`,
      [id, realmId, userId, now, dataOf(phc), sealed.keyId, sealed.data],
    );
    if (previous && keep > 0) await this.remember(tx, whose, previous.phc);
    await tx.query(
      `delete from password_history where realm_id = $1 and user_id = $2 and id not in (
         select id from password_history where realm_id = $1 and user_id = $2 order by created_at desc, id limit $3)`,
      [realmId, userId, keep],
    );
    await tell({
      type: 'credential.created',
      realmId,
      subject: userId,
      data: { userId, credentialId: id, credentialType: 'password' },
    });
    return { id, type: 'password', setAt: now.getTime() };
  }

  private async remember(tx: EntityManager, whose: Whose, phc: string): Promise<void> {
    const id = randomUUID();
    const sealed = this.vault.seal(Buffer.from(phc), { ...whose, credentialId: id });
    await tx.query(
      `insert into password_history (id, realm_id, user_id, key_id, sealed, created_at) values ($1, $2, $3, $4, $5, $6)`,
      [id, whose.realmId, whose.userId, sealed.keyId, sealed.data, this.clock.now()],
    );
  }

  /** One query: the policy, the present password (first) and those before it, newest first. */
  private async known(whose: Whose) {
    const rows = await this.db.query<(KnownRow & { present: boolean })[]>(
      `select p.settings, k.id, k.key_id as "keyId", k.sealed, k.present
         from (select $1::uuid as realm_id) q
         left join policy p using (realm_id)
         left join (
           select id, key_id, sealed, created_at, true as present from credential
            where realm_id = $1 and user_id = $2 and type = 'password'
           union all
           select id, key_id, sealed, created_at, false from password_history where realm_id = $1 and user_id = $2
         ) k on true
        order by k.present desc, k.created_at desc, k.id`,
      [whose.realmId, whose.userId],
    );
    const opened = rows
      .filter((row) => row.id !== null)
      .map(({ id, keyId, sealed, present }) => ({
        id: id!,
        present,
        phc: this.vault.open({ keyId, data: sealed }, { ...whose, credentialId: id! }).toString(),
      }));
    return {
      policy: passwordPolicyOf(rows[0]?.settings?.passwordPolicy),
      previous: opened.find(({ present }) => present),
      older: opened.filter(({ present }) => !present).map(({ phc }) => phc),
    };
  }
}
