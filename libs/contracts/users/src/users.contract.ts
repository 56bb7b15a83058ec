import { Health, rpc, service, type Healthy } from '@tumbler/contract-rpc';
import type { FoundUser } from './login-user.js';
import { AddAction, FinishAction, GetUser, Identify } from './login-user.js';
import {
  CreateRealm,
  FindMailSettings,
  FindRealm,
  ListRealms,
  RemoveRealm,
  UpdateRealm,
  type MailSettings,
  type Realm,
} from './realm.js';
import {
  ListActions,
  MoveAction,
  RegisterAction,
  RemoveAction,
  UnregisteredActions,
  UpdateAction,
  type RequiredAction,
} from './required-action.js';
import { GrantRealmRoles } from './role.js';
import {
  CountUsers,
  CreateUser,
  RemoveUser,
  SearchUsers,
  UpdateUser,
  ViewUser,
  type CreatedUser,
  type UserView,
} from './user.js';

/** Every question that the users service answers. */
export const users = service('users', {
  health: rpc(Health).gives<Healthy>(),

  // a login
  identify: rpc(Identify).gives<FoundUser>(),
  get: rpc(GetUser).gives<FoundUser>(),
  addAction: rpc(AddAction).gives<Record<string, never>>(),
  finishAction: rpc(FinishAction).gives<Record<string, never>>(),

  // realms
  findRealm: rpc(FindRealm).gives<Realm | null>(),
  listRealms: rpc(ListRealms).gives<Realm[]>(),
  createRealm: rpc(CreateRealm).gives<Realm>(),
  updateRealm: rpc(UpdateRealm).gives<Realm>(),
  removeRealm: rpc(RemoveRealm).gives<Record<string, never>>(),
  mailSettings: rpc(FindMailSettings).gives<MailSettings>(),

  // users
  search: rpc(SearchUsers).gives<UserView[]>(),
  count: rpc(CountUsers).gives<number>(),
  view: rpc(ViewUser).gives<UserView | null>(),
  create: rpc(CreateUser).gives<CreatedUser>(),
  update: rpc(UpdateUser).gives<UserView>(),
  remove: rpc(RemoveUser).gives<Record<string, never>>(),

  // roles of a user
  grantRealmRoles: rpc(GrantRealmRoles).gives<Record<string, never>>(),

  // required actions of a realm
  listActions: rpc(ListActions).gives<RequiredAction[]>(),
  updateAction: rpc(UpdateAction).gives<RequiredAction>(),
  removeAction: rpc(RemoveAction).gives<Record<string, never>>(),
  moveAction: rpc(MoveAction).gives<Record<string, never>>(),
  unregisteredActions: rpc(UnregisteredActions).gives<{ providerId: string; name: string }[]>(),
  registerAction: rpc(RegisterAction).gives<RequiredAction>(),
});
