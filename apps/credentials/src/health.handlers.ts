import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Healthy } from '@tumbler/contract-rpc';
import { DataSource } from 'typeorm';

@Controller()
export class HealthHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(credentials.health)
  async health(): Promise<Healthy> {
    await this.db.query('select 1');
    return { ok: true };
  }
}
