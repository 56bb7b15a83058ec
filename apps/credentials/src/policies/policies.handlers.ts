import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  credentials,
  type GetPolicies,
  type Policies,
  type PolicySettings,
  type SetPolicies,
} from '@tumbler/contract-credentials';
import { DataSource } from 'typeorm';
import { passwordPolicyOf } from '../passwords/password-policy.js';
import { policiesView, settingsOf } from './policy.js';

@Controller()
export class PoliciesHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(credentials.policies)
  async policies({ realmId }: GetPolicies): Promise<Policies> {
    const [row] = await this.db.query<{ settings: PolicySettings }[]>(
      'select settings from policy where realm_id = $1',
      [realmId],
    );
    return policiesView(settingsOf(row?.settings ?? null));
  }

  /** What is not among the settings keeps its value; null goes back to the default. */
  @Answers(credentials.setPolicies)
  async setPolicies({ realmId, settings }: SetPolicies): Promise<Policies> {
    passwordPolicyOf(settings.passwordPolicy);
    const [row] = await this.db.query<{ settings: PolicySettings }[]>(
      `insert into policy (realm_id, settings) values ($1, jsonb_strip_nulls($2::jsonb))
       on conflict (realm_id) do update set settings = jsonb_strip_nulls(policy.settings || $2::jsonb)
       returning settings`,
      [realmId, JSON.stringify(settings)],
    );
    return policiesView(settingsOf(row!.settings));
  }
}
