import { Health, rpc, service, type Healthy } from '@tumbler/contract-rpc';
import {
  type AuditConfig,
  ClearEvents,
  FindAdminEvents,
  FindEvents,
  GetAuditConfig,
  SetAuditConfig,
  type AdminEventView,
  type EventView,
} from './audit.js';
import {
  GetBindings,
  GetExecutions,
  GetFlow,
  ListFlows,
  ListProviders,
  SetBindings,
  UpdateExecution,
  type Bindings,
  type ExecutionInfo,
  type FlowView,
  type ProviderView,
} from './flow.js';
import { Grant, Show, Start, Submit, type Granted, type LoginStep } from './login.js';

/** Every question that the flows service answers. */
export const flows = service('flows', {
  health: rpc(Health).gives<Healthy>(),

  // a login
  start: rpc(Start).gives<LoginStep>(),
  show: rpc(Show).gives<LoginStep>(),
  submit: rpc(Submit).gives<LoginStep>(),
  grant: rpc(Grant).gives<Granted>(),

  // definitions
  listFlows: rpc(ListFlows).gives<FlowView[]>(),
  getFlow: rpc(GetFlow).gives<FlowView | null>(),
  executions: rpc(GetExecutions).gives<ExecutionInfo[]>(),
  updateExecution: rpc(UpdateExecution).gives<Record<string, never>>(),
  providers: rpc(ListProviders).gives<ProviderView[]>(),
  bindings: rpc(GetBindings).gives<Bindings>(),
  setBindings: rpc(SetBindings).gives<Bindings>(),

  // audit log
  events: rpc(FindEvents).gives<EventView[]>(),
  adminEvents: rpc(FindAdminEvents).gives<AdminEventView[]>(),
  clearEvents: rpc(ClearEvents).gives<Record<string, never>>(),
  auditConfig: rpc(GetAuditConfig).gives<AuditConfig>(),
  setAuditConfig: rpc(SetAuditConfig).gives<AuditConfig>(),
});
