import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import type { Finding } from '@tumbler/contract-rpc';
import { AuditConfig } from './audit.js';
import type { ConfigView } from './authenticator-config.js';
import { BindingSettings, type FlowView } from './flow.js';

/** The flows of a realm as a file tells them: steps name what they mean by alias. */
export class ArrivingFlows {
  /** Keycloak's AuthenticationFlowRepresentations, as they were read: what is in them is looked at here. */
  @IsArray() @ArrayMaxSize(2_000) @IsObject({ each: true }) flows: Record<string, unknown>[];
  /** AuthenticatorConfigRepresentations. */
  @IsArray() @ArrayMaxSize(5_000) @IsObject({ each: true }) configs: Record<string, unknown>[];
  @ValidateNested() @Type(() => BindingSettings) bindings: BindingSettings;
}

/** What could not be kept, and what nobody will pass. Nothing is written. */
export class ExamineFlows {
  @ValidateNested() @Type(() => ArrivingFlows) arriving: ArrivingFlows;
}

export interface ExaminedFlows {
  findings: Finding[];
}

/**
 * Gives a realm that is not there yet its flows; default ones where none of their name come. What was left of an earlier
 * attempt is replaced. Error: `invalid_request` with the place of what `examineFlows` finds wrong.
 */
export class ArriveFlows {
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => ArrivingFlows) arriving: ArrivingFlows;
  @IsOptional() @ValidateNested() @Type(() => AuditConfig) audit?: AuditConfig;
}

export interface ArrivedFlows {
  /** All of the realm. `was` is the id in the file, where it is another one here. */
  flows: { id: string; alias: string; was?: string }[];
}

/** Forgets the flows of a realm that did not come after all. Safe to repeat. */
export class DisownFlows {
  @IsUUID() realmId: string;
}

/** Every flow of a realm, parts of others among them, and every config: what `arriveFlows` takes. */
export class ExportFlows {
  @IsUUID() realmId: string;
}

export interface ExportedFlows {
  /** By alias. */
  flows: FlowView[];
  configs: ConfigView[];
}
