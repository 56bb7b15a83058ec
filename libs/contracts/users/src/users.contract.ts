import { GiveAccountRoles, type GivenAccountRoles } from './account-role.js';
import { Health, rpc, service, type Healthy } from '@tumbler/contract-rpc';
import {
  FindAdministrator,
  FindManagementClients,
  type Administrator,
  type ManagementClient,
} from './administrator.js';
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
import {
  AbandonArrival,
  Arrive,
  ExamineArrival,
  FindTaken,
  StageArrival,
  type Abandoned,
  type Arrived,
  type Examined,
  type Taken,
} from './arrival.js';
import {
  ChangeMembership,
  CountGroups,
  CreateGroup,
  DefaultGroups,
  FindGroup,
  GroupMembers,
  GroupsOfUser,
  MoveGroup,
  RemoveGroup,
  SearchGroups,
  SetDefaultGroup,
  UpdateGroup,
  type GroupView,
} from './group.js';
import { ChangeRoles, GrantRealmRoles, RolesOfHolder } from './role-mapping.js';
import {
  ChangeRoleParts,
  CreateRole,
  FindDefaultRole,
  FindRole,
  ListRoles,
  RemoveRole,
  RoleHolders,
  RoleParts,
  UnfoldRoles,
  UpdateRole,
  type RoleView,
} from './role.js';
import { FindProfile, SetProfile, type UserProfile } from './user-profile.js';
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

  // who administers what
  administrator: rpc(FindAdministrator).gives<Administrator | null>(),
  managementClients: rpc(FindManagementClients).gives<ManagementClient[]>(),

  // users
  search: rpc(SearchUsers).gives<UserView[]>(),
  count: rpc(CountUsers).gives<number>(),
  view: rpc(ViewUser).gives<UserView | null>(),
  create: rpc(CreateUser).gives<CreatedUser>(),
  update: rpc(UpdateUser).gives<UserView>(),
  remove: rpc(RemoveUser).gives<Record<string, never>>(),

  // roles
  listRoles: rpc(ListRoles).gives<RoleView[]>(),
  findRole: rpc(FindRole).gives<RoleView | null>(),
  defaultRole: rpc(FindDefaultRole).gives<RoleView>(),
  createRole: rpc(CreateRole).gives<RoleView>(),
  updateRole: rpc(UpdateRole).gives<RoleView>(),
  removeRole: rpc(RemoveRole).gives<Record<string, never>>(),
  roleParts: rpc(RoleParts).gives<RoleView[]>(),
  unfoldRoles: rpc(UnfoldRoles).gives<RoleView[]>(),
  addRoleParts: rpc(ChangeRoleParts).gives<Record<string, never>>(),
  removeRoleParts: rpc(ChangeRoleParts).gives<Record<string, never>>(),
  usersWithRole: rpc(RoleHolders).gives<UserView[]>(),
  groupsWithRole: rpc(RoleHolders).gives<GroupView[]>(),
  giveAccountRoles: rpc(GiveAccountRoles).gives<GivenAccountRoles>(),

  // roles of users and groups
  rolesOf: rpc(RolesOfHolder).gives<RoleView[]>(),
  grantRoles: rpc(ChangeRoles).gives<Record<string, never>>(),
  revokeRoles: rpc(ChangeRoles).gives<Record<string, never>>(),
  grantRealmRoles: rpc(GrantRealmRoles).gives<Record<string, never>>(),

  // groups
  searchGroups: rpc(SearchGroups).gives<GroupView[]>(),
  countGroups: rpc(CountGroups).gives<number>(),
  findGroup: rpc(FindGroup).gives<GroupView | null>(),
  createGroup: rpc(CreateGroup).gives<GroupView>(),
  updateGroup: rpc(UpdateGroup).gives<GroupView>(),
  moveGroup: rpc(MoveGroup).gives<GroupView>(),
  removeGroup: rpc(RemoveGroup).gives<Record<string, never>>(),
  groupMembers: rpc(GroupMembers).gives<UserView[]>(),
  groupsOfUser: rpc(GroupsOfUser).gives<GroupView[]>(),
  changeMembership: rpc(ChangeMembership).gives<Record<string, never>>(),
  defaultGroups: rpc(DefaultGroups).gives<GroupView[]>(),
  setDefaultGroup: rpc(SetDefaultGroup).gives<Record<string, never>>(),

  // what a realm wants to know of its users
  userProfile: rpc(FindProfile).gives<UserProfile>(),
  setUserProfile: rpc(SetProfile).gives<UserProfile>(),

  // required actions of a realm
  listActions: rpc(ListActions).gives<RequiredAction[]>(),
  updateAction: rpc(UpdateAction).gives<RequiredAction>(),
  removeAction: rpc(RemoveAction).gives<Record<string, never>>(),
  moveAction: rpc(MoveAction).gives<Record<string, never>>(),
  unregisteredActions: rpc(UnregisteredActions).gives<{ providerId: string; name: string }[]>(),
  registerAction: rpc(RegisterAction).gives<RequiredAction>(),

  // moving in
  taken: rpc(FindTaken).gives<Taken>(),
  examineArrival: rpc(ExamineArrival).gives<Examined>(),
  stageArrival: rpc(StageArrival).gives<Record<string, never>>(),
  arrive: rpc(Arrive).gives<Arrived>(),
  abandonArrival: rpc(AbandonArrival).gives<Abandoned>(),
});
