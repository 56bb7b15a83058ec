import { OutboxRow } from '@tumbler/events';
import { ActionRow } from '../actions/action.entity.js';
import { ArrivalPartRow } from '../arrivals/arrival-part.entity.js';
import { GroupMemberRow } from '../groups/group-member.entity.js';
import { GroupRoleRow } from '../groups/group-role.entity.js';
import { GroupRow } from '../groups/group.entity.js';
import { RealmRow } from '../realms/realm.entity.js';
import { RealmVersionRow } from '../realms/realm-version.entity.js';
import { ClientRow } from '../roles/client.entity.js';
import { RoleCompositeRow } from '../roles/role-composite.entity.js';
import { RoleRow } from '../roles/role.entity.js';
import { UserRoleRow } from '../roles/user-role.entity.js';
import { UserRow } from '../users/user.entity.js';

export const entities = [
  OutboxRow,
  RealmRow,
  RealmVersionRow,
  UserRow,
  RoleRow,
  RoleCompositeRow,
  UserRoleRow,
  ActionRow,
  ClientRow,
  GroupRow,
  GroupMemberRow,
  GroupRoleRow,
  ArrivalPartRow,
];
