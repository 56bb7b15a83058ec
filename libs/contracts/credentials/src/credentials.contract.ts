import { Health, rpc, service, type Healthy } from '@tumbler/contract-rpc';
import {
  AdoptCredentials,
  DisownCredentials,
  ExamineCredentials,
  type ExaminedCredentials,
} from './arrival.js';
import {
  EraseUser,
  ListCredentials,
  MoveCredential,
  RemoveCredential,
  RenameCredential,
  SetCredentials,
  WhoHasCredential,
  type CredentialSummary,
  type CredentialView,
} from './credential.js';
import { ClearFailures, GetFailures, type FailureStatus } from './failures.js';
import { BeginOtp, ConfirmOtp, type BegunOtp, type ConfirmedOtp } from './otp.js';
import { SetPassword, type PasswordSet } from './password.js';
import { GetPolicies, SetPolicies, type Policies } from './policy.js';
import {
  BeginRecoveryCodes,
  ConfirmRecoveryCodes,
  type BegunRecoveryCodes,
  type ConfirmedRecoveryCodes,
} from './recovery-codes.js';
import { Verify, type Verified } from './verify.js';

/** Every question that the credentials service answers. */
export const credentials = service('credentials', {
  health: rpc(Health).gives<Healthy>(),

  // a login
  verify: rpc(Verify).gives<Verified>(),
  has: rpc(ListCredentials).gives<CredentialSummary[]>(),
  beginOtp: rpc(BeginOtp).gives<BegunOtp>(),
  confirmOtp: rpc(ConfirmOtp).gives<ConfirmedOtp>(),
  beginRecoveryCodes: rpc(BeginRecoveryCodes).gives<BegunRecoveryCodes>(),
  confirmRecoveryCodes: rpc(ConfirmRecoveryCodes).gives<ConfirmedRecoveryCodes>(),
  setPassword: rpc(SetPassword).gives<PasswordSet>(),

  // administration
  list: rpc(ListCredentials).gives<CredentialView[]>(),
  whoHas: rpc(WhoHasCredential).gives<string[]>(),
  set: rpc(SetCredentials).gives<PasswordSet>(),
  rename: rpc(RenameCredential).gives<Record<string, never>>(),
  remove: rpc(RemoveCredential).gives<Record<string, never>>(),
  move: rpc(MoveCredential).gives<Record<string, never>>(),
  eraseUser: rpc(EraseUser).gives<Record<string, never>>(),
  policies: rpc(GetPolicies).gives<Policies>(),
  setPolicies: rpc(SetPolicies).gives<Policies>(),
  failures: rpc(GetFailures).gives<FailureStatus>(),
  clearFailures: rpc(ClearFailures).gives<Record<string, never>>(),

  // moving in
  examine: rpc(ExamineCredentials).gives<ExaminedCredentials>(),
  adopt: rpc(AdoptCredentials).gives<Record<string, never>>(),
  disown: rpc(DisownCredentials).gives<Record<string, never>>(),
});
