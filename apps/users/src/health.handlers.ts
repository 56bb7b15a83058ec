import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Health, type Healthy } from '@tumbler/contract-rpc';
import { users } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';

@Controller()
export class HealthHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(users.health)
  async health(_: Health): Promise<Healthy> {
    await this.db.query('select 1');
    return { ok: true };
  }
}
