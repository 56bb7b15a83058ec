import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  CreateConfig,
  flows,
  GetConfig,
  RemoveConfig,
  UpdateConfig,
  type ConfigView,
  type Made,
} from '@tumbler/contract-flows';
import { AppError, invalid, notFound } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import { DefinitionStore } from './definition-store.js';
import { ExecutionRow } from './execution.entity.js';
import { configView, type Definitions } from './flow.view.js';

/** The settings of steps; those of built-in flows may be changed too. */
@Controller()
export class ConfigsHandlers {
  constructor(private readonly definitions: DefinitionStore) {}

  @Answers(flows.createConfig)
  async create(question: CreateConfig): Promise<Made> {
    const { realmId, executionId, alias } = question;
    if (!alias?.trim()) throw new AppError('invalid_request', { message: 'Alias missing', asConflict: true });
    const config = given(question.config);
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const step = all.executions.find((one) => one.id === executionId);
      if (executionId !== undefined && !step) throw notFound('Illegal execution');
      const id = randomUUID();
      await tx.insert(AuthenticatorConfigRow, { id, realmId, alias, config });
      if (step) {
        await tx.update(ExecutionRow, { id: step.id }, { configId: id });
        const others = all.executions.filter((one) => one !== step && one.configId === step.configId);
        if (step.configId && others.length === 0) {
          await tx.delete(AuthenticatorConfigRow, { id: step.configId });
        }
      }
      const path = step ? `executions/${step.id}/config` : 'config';
      await tell('CREATE', 'AUTHENTICATOR_CONFIG', path, { id, alias });
      return { id };
    });
  }

  @Answers(flows.getConfig)
  async get({ realmId, id }: GetConfig): Promise<ConfigView> {
    return configView(find(id, await this.definitions.read(realmId)));
  }

  @Answers(flows.updateConfig)
  async update(question: UpdateConfig): Promise<Record<string, never>> {
    const { id } = question;
    const config = given(question.config);
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const { alias } = { ...find(id, all), ...(question.alias?.trim() ? { alias: question.alias } : {}) };
      await tx.update(AuthenticatorConfigRow, { id }, { alias, config });
      await tell('UPDATE', 'AUTHENTICATOR_CONFIG', `config/${id}`, { id, alias });
      return {};
    });
  }

  /** The steps that have it go on without. */
  @Answers(flows.removeConfig)
  async remove(question: RemoveConfig): Promise<Record<string, never>> {
    const { id, realmId } = question;
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      find(id, all);
      await tx.update(ExecutionRow, { realmId, configId: id }, { configId: null });
      await tx.delete(AuthenticatorConfigRow, { id });
      await tell('DELETE', 'AUTHENTICATOR_CONFIG', `config/${id}`);
      return {};
    });
  }
}

function find(id: string, { configs }: Definitions): AuthenticatorConfigRow {
  const config = configs.find((one) => one.id === id);
  if (!config) throw notFound('Could not find authenticator config');
  return config;
}

/** What is empty says nothing (keycloak.md §5.1). */
export function given(config: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(config).filter(([, value]) => value !== null && value !== '');
  const wrong = entries.find(([, value]) => typeof value !== 'string' || value.length > 4096);
  if (wrong) throw invalid(`${wrong[0]} must be a string of at most 4096 characters`, wrong[0]);
  return Object.fromEntries(entries) as Record<string, string>;
}
