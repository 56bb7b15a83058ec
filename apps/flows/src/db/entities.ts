import { OutboxRow } from '@tumbler/events';
import { AdminEventRow } from '../audit/admin-event.entity.js';
import { AuditConfigRow } from '../audit/audit-config.entity.js';
import { UserEventRow } from '../audit/user-event.entity.js';
import { AuthenticatorConfigRow } from '../definitions/authenticator-config.entity.js';
import { ExecutionRow } from '../definitions/execution.entity.js';
import { FlowRow } from '../definitions/flow.entity.js';
import { RealmFlowsRow } from '../definitions/realm-flows.entity.js';
import { LinkRow } from '../links/link.entity.js';
import { LoginRow } from '../logins/login.entity.js';
import { MailRow } from '../mail/mail.entity.js';

export const entities = [
  OutboxRow,
  RealmFlowsRow,
  FlowRow,
  ExecutionRow,
  AuthenticatorConfigRow,
  LoginRow,
  UserEventRow,
  AdminEventRow,
  AuditConfigRow,
  LinkRow,
  MailRow,
];
