import { randomUUID } from 'node:crypto';
import {
  FLOW_PROVIDERS,
  REQUIREMENTS,
  type ArrivingFlows,
  type BindingSettings,
  type FlowProvider,
  type Requirement,
} from '@tumbler/contract-flows';
import type { Finding } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { Authenticators } from '../authenticators/index.js';
import type { Catalogue } from '../definitions/catalogue.js';
import { given } from '../definitions/configs.handlers.js';
import { DEFAULT_ORDER } from '../definitions/seed.js';

type Json = Record<string, unknown>;

interface ReadStep {
  place: string;
  requirement: Requirement;
  priority: number;
  authenticator: string | null;
  /** Aliases. */
  subFlow?: string;
  config?: string;
}

export interface ReadFlow {
  place: string;
  id: string;
  /** Its id in the file, where it is no id here. */
  was?: string;
  alias: string;
  description: string | null;
  providerId: FlowProvider;
  topLevel: boolean;
  builtIn: boolean;
  steps: ReadStep[];
}

export interface ReadConfig {
  id: string;
  alias: string;
  config: Record<string, string>;
}

export interface ReadFlows {
  flows: ReadFlow[];
  configs: ReadConfig[];
  /** By alias. */
  bindings: BindingSettings;
  findings: Finding[];
}

/** Reads the flows of a file and holds them together. Knows nothing of what is stored. */
export function readFlows(
  { flows: rawFlows, configs: rawConfigs, bindings }: ArrivingFlows,
  authenticators: Authenticators,
  catalogue: Catalogue,
): ReadFlows {
  const findings: Finding[] = [];
  const wrong = (place: string, message: string) => void findings.push({ kind: 'wrong', place, message });

  const flows = rawFlows.map((raw, index) => readFlow(raw, `authenticationFlows[${index}]`, wrong));
  const configs = rawConfigs.map((raw, index) => readConfig(raw, `authenticatorConfig[${index}]`, wrong));
  const byAlias = new Map(flows.map((flow) => [flow.alias, flow]));
  const configAliases = new Map<string, string>();
  for (const [index, { alias, config }] of configs.entries()) {
    const same = JSON.stringify(Object.entries(config).sort());
    if ((configAliases.get(alias) ?? same) !== same) {
      wrong(`authenticatorConfig[${index}].alias`, `there are two different configs ${alias}`);
    }
    configAliases.set(alias, same);
  }
  const isDefault = (alias: string) => DEFAULT_ORDER.includes(alias);
  for (const flow of flows) {
    if (flow.alias && byAlias.get(flow.alias) !== flow)
      wrong(`${flow.place}.alias`, `there are two flows ${flow.alias}`);
    for (const step of flow.steps) {
      if (step.subFlow !== undefined && !byAlias.has(step.subFlow)) {
        wrong(`${step.place}.flowAlias`, `there is no flow ${step.subFlow}`);
      }
      if (step.config !== undefined && !configAliases.has(step.config)) {
        wrong(`${step.place}.authenticatorConfig`, `there is no config ${step.config}`);
      }
      const idle = idleStep(flow, step);
      if (idle) findings.push({ kind: 'idle', place: step.place, message: idle });
    }
  }
  for (const flow of flows) {
    if (isInItself(flow, byAlias)) wrong(flow.place, `the flow ${flow.alias} is a part of itself`);
  }
  for (const [use, alias] of Object.entries(bindings) as [string, string | undefined][]) {
    if (alias === undefined) continue;
    const flow = byAlias.get(alias);
    if (!flow && !isDefault(alias)) wrong(use, `there is no flow ${alias}`);
    if (flow && !flow.topLevel) wrong(use, `${alias} is a part of another flow`);
    const forClients = use === 'clientAuthenticationFlow';
    const isForClients = flow ? flow.providerId === 'client-flow' : alias === 'clients';
    if ((flow || isDefault(alias)) && forClients !== isForClients)
      wrong(use, `${alias} is a flow of another kind`);
  }
  return { flows, configs, bindings, findings };

  /** Steps that default flows have as well say nothing about this realm. */
  function idleStep(flow: ReadFlow, { authenticator, requirement }: ReadStep): string | undefined {
    if (!authenticator || requirement === 'DISABLED' || flow.builtIn || flow.providerId === 'client-flow')
      return undefined;
    const isKnown = catalogue.get(authenticator) !== undefined;
    if (isKnown && authenticators.get(authenticator)?.kind !== 'unsupported') return undefined;
    const effect = requirement === 'REQUIRED' ? 'nobody passes it' : 'nobody gets in by it';
    return `${authenticator} of the flow ${flow.alias} is not offered here: the step is kept, and ${effect}`;
  }
}

type Wrong = (place: string, message: string) => void;

function readFlow(raw: Json, place: string, wrong: Wrong): ReadFlow {
  const { id, alias, description = null, providerId = 'basic-flow', topLevel = false, builtIn = false } = raw;
  const steps = raw.authenticationExecutions ?? [];
  if (!isName(alias)) wrong(`${place}.alias`, 'a name was expected');
  if (!FLOW_PROVIDERS.some((one) => one === providerId))
    wrong(`${place}.providerId`, `there is no kind ${String(providerId)}`);
  if (description !== null && !isText(description, 1024))
    wrong(`${place}.description`, 'a text was expected');
  if (typeof topLevel !== 'boolean') wrong(`${place}.topLevel`, 'true or false was expected');
  if (typeof builtIn !== 'boolean') wrong(`${place}.builtIn`, 'true or false was expected');
  if (!Array.isArray(steps)) wrong(`${place}.authenticationExecutions`, 'a list was expected');
  return {
    place,
    id: isUUID(id) ? (id as string) : randomUUID(),
    ...(typeof id === 'string' && !isUUID(id) ? { was: id } : {}),
    alias: String(alias),
    description: typeof description === 'string' ? description : null,
    providerId: providerId as FlowProvider,
    topLevel: topLevel === true,
    builtIn: builtIn === true,
    steps: (Array.isArray(steps) ? steps : []).map((step: unknown, index) =>
      readStep(step, `${place}.authenticationExecutions[${index}]`, wrong),
    ),
  };
}

function readStep(raw: unknown, place: string, wrong: Wrong): ReadStep {
  const { authenticator, authenticatorConfig, flowAlias, requirement, priority = 0 } = asJson(raw);
  if (!REQUIREMENTS.some((one) => one === requirement)) {
    wrong(`${place}.requirement`, `one of ${REQUIREMENTS.join(', ')} was expected`);
  }
  if (!Number.isInteger(priority) || Math.abs(priority as number) > 1_000_000_000) {
    wrong(`${place}.priority`, 'a whole number was expected');
  }
  for (const [field, value] of Object.entries({ authenticator, authenticatorConfig, flowAlias })) {
    if (value !== undefined && value !== null && !isName(value))
      wrong(`${place}.${field}`, 'a name was expected');
  }
  if (!authenticator && !flowAlias) wrong(place, 'a step has an authenticator or a flowAlias');
  return {
    place,
    requirement: requirement as Requirement,
    priority: priority as number,
    authenticator: isName(authenticator) ? authenticator : null,
    ...(isName(flowAlias) ? { subFlow: flowAlias } : {}),
    ...(isName(authenticatorConfig) ? { config: authenticatorConfig } : {}),
  };
}

function readConfig(raw: Json, place: string, wrong: Wrong): ReadConfig {
  const { id, alias, config = {} } = raw;
  if (!isName(alias)) wrong(`${place}.alias`, 'a name was expected');
  const read = { id: isUUID(id) ? (id as string) : randomUUID(), alias: String(alias), config: {} };
  try {
    return { ...read, config: given(asJson(config)) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    wrong(`${place}.config`, error.details.message ?? 'texts were expected');
    return read;
  }
}

/** A flow that is a part of itself would be walked without end. */
function isInItself(flow: ReadFlow, byAlias: ReadonlyMap<string, ReadFlow>): boolean {
  const seen = new Set<string>();
  const below = (one: ReadFlow): boolean =>
    one.steps.some(({ subFlow = '' }) => {
      if (subFlow === flow.alias) return true;
      const next = byAlias.get(subFlow);
      if (!next || seen.has(subFlow)) return false;
      seen.add(subFlow);
      return below(next);
    });
  return below(flow);
}

const asJson = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && !/[\0\p{Surrogate}]/u.test(value);
const isName = (value: unknown): value is string => isText(value, 255) && value.trim() !== '';
