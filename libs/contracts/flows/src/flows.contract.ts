import { Health, rpc, service, type Healthy } from '@tumbler/contract-rpc';
import {
  ArriveFlows,
  DisownFlows,
  ExamineFlows,
  ExportFlows,
  type ArrivedFlows,
  type ExaminedFlows,
  type ExportedFlows,
} from './arrival.js';
import {
  type AuditConfig,
  ClearEvents,
  ExplainEvent,
  FindAdminEvents,
  FindEvents,
  GetAuditConfig,
  SetAuditConfig,
  type AdminEventView,
  type EventView,
  type Explanation,
} from './audit.js';
import {
  CreateConfig,
  DescribeClientConfigs,
  DescribeConfig,
  GetConfig,
  RemoveConfig,
  UpdateConfig,
  type ConfigDescription,
  type ConfigPropertyView,
  type ConfigView,
} from './authenticator-config.js';
import { Impersonate, type Impersonated } from './impersonation.js';
import {
  AddExecution,
  AddSubFlow,
  CopyFlow,
  CreateExecution,
  CreateFlow,
  GetExecution,
  MoveExecution,
  RemoveExecution,
  RemoveFlow,
  UpdateFlow,
  type ExecutionView,
  type Made,
} from './flow-changes.js';
import { FindProblems, type FlowProblem } from './flow-problem.js';
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
import { OpenLink, SendLink, UseLink, type OpenedLink } from './link.js';
import {
  Grant,
  Pass,
  Show,
  Start,
  Submit,
  type Granted,
  type LoginStep,
  type SilentlyPassed,
} from './login.js';
import { Simulate, type Simulation } from './simulation.js';

/** Every question that the flows service answers. */
export const flows = service('flows', {
  health: rpc(Health).gives<Healthy>(),

  // a login
  start: rpc(Start).gives<LoginStep>(),
  pass: rpc(Pass).gives<SilentlyPassed>(),
  show: rpc(Show).gives<LoginStep>(),
  submit: rpc(Submit).gives<LoginStep>(),
  grant: rpc(Grant).gives<Granted>(),
  impersonate: rpc(Impersonate).gives<Impersonated>(),

  // links that are sent by mail
  openLink: rpc(OpenLink).gives<OpenedLink>(),
  useLink: rpc(UseLink).gives<LoginStep>(),
  sendLink: rpc(SendLink).gives<Record<string, never>>(),

  // definitions
  listFlows: rpc(ListFlows).gives<FlowView[]>(),
  getFlow: rpc(GetFlow).gives<FlowView | null>(),
  createFlow: rpc(CreateFlow).gives<Made>(),
  copyFlow: rpc(CopyFlow).gives<Made>(),
  updateFlow: rpc(UpdateFlow).gives<FlowView>(),
  removeFlow: rpc(RemoveFlow).gives<Record<string, never>>(),
  simulate: rpc(Simulate).gives<Simulation>(),
  problems: rpc(FindProblems).gives<FlowProblem[]>(),
  executions: rpc(GetExecutions).gives<ExecutionInfo[]>(),
  getExecution: rpc(GetExecution).gives<ExecutionView>(),
  addExecution: rpc(AddExecution).gives<Made>(),
  /** Answers the id of the sub-flow. */
  addSubFlow: rpc(AddSubFlow).gives<Made>(),
  createExecution: rpc(CreateExecution).gives<Made>(),
  updateExecution: rpc(UpdateExecution).gives<Record<string, never>>(),
  removeExecution: rpc(RemoveExecution).gives<Record<string, never>>(),
  moveExecution: rpc(MoveExecution).gives<Record<string, never>>(),
  createConfig: rpc(CreateConfig).gives<Made>(),
  getConfig: rpc(GetConfig).gives<ConfigView>(),
  updateConfig: rpc(UpdateConfig).gives<Record<string, never>>(),
  removeConfig: rpc(RemoveConfig).gives<Record<string, never>>(),
  describeConfig: rpc(DescribeConfig).gives<ConfigDescription>(),
  /** By the id of a client authenticator, what is set about it at each client. */
  clientConfigs: rpc(DescribeClientConfigs).gives<Record<string, ConfigPropertyView[]>>(),
  providers: rpc(ListProviders).gives<ProviderView[]>(),
  bindings: rpc(GetBindings).gives<Bindings>(),
  setBindings: rpc(SetBindings).gives<Bindings>(),

  // audit log
  events: rpc(FindEvents).gives<EventView[]>(),
  explanation: rpc(ExplainEvent).gives<Explanation>(),
  adminEvents: rpc(FindAdminEvents).gives<AdminEventView[]>(),
  clearEvents: rpc(ClearEvents).gives<Record<string, never>>(),
  auditConfig: rpc(GetAuditConfig).gives<AuditConfig>(),
  setAuditConfig: rpc(SetAuditConfig).gives<AuditConfig>(),

  // moving in and out
  exportFlows: rpc(ExportFlows).gives<ExportedFlows>(),
  examineFlows: rpc(ExamineFlows).gives<ExaminedFlows>(),
  arriveFlows: rpc(ArriveFlows).gives<ArrivedFlows>(),
  disownFlows: rpc(DisownFlows).gives<Record<string, never>>(),
});
