import { CreateUsers1795530100000 } from './migrations/1795530100000-create-users.js';
import { AddGroupsAndClientRoles1795621000000 } from './migrations/1795621000000-add-groups-and-client-roles.js';
import { IndexBeginningsOfNames1795622000000 } from './migrations/1795622000000-index-beginnings-of-names.js';
import { AddUserProfile1795623000000 } from './migrations/1795623000000-add-user-profile.js';
import { AddManagementClients1795650000000 } from './migrations/1795650000000-add-management-clients.js';
import { LayArrivalsDown1795650000100 } from './migrations/1795650000100-lay-arrivals-down.js';
import { GiveAccountRoles1795690000000 } from './migrations/1795690000000-give-account-roles.js';
import { VersionRealms1795700000000 } from './migrations/1795700000000-version-realms.js';
import { SealMailPassword1795620000000 } from './migrations/1795620000000-seal-mail-password.js';

/** In the order they were written. */
export const migrations = [
  CreateUsers1795530100000,
  SealMailPassword1795620000000,
  AddGroupsAndClientRoles1795621000000,
  IndexBeginningsOfNames1795622000000,
  AddUserProfile1795623000000,
  AddManagementClients1795650000000,
  LayArrivalsDown1795650000100,
  GiveAccountRoles1795690000000,
  VersionRealms1795700000000,
];
