import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import { Health, type Healthy } from '@tumbler/contract-rpc';
import { DataSource } from 'typeorm';

@Controller()
export class HealthHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(flows.health)
  async health(_: Health): Promise<Healthy> {
    await this.db.query('select 1');
    return { ok: true };
  }
}
