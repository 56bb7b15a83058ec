import { ACCOUNT_CLIENT, type AccountRole, type LoginUser } from '@tumbler/contract-users';

/** What a user may see and do on their account page. Signing out is everybody's. */
export interface AccountRights {
  see: boolean;
  change: boolean;
  seeApplications: boolean;
  revokeApplications: boolean;
  delete: boolean;
}

/** By the roles of the client `account`, as Keycloak's account console asks for them. */
export function accountRights({ clientRoles }: Pick<LoginUser, 'clientRoles'>): AccountRights {
  const roles = clientRoles?.[ACCOUNT_CLIENT] ?? [];
  const oneOf = (...names: AccountRole[]) => names.some((name) => roles.includes(name));
  return {
    see: oneOf('view-profile', 'manage-account'),
    change: oneOf('manage-account'),
    seeApplications: oneOf('view-applications', 'view-consent', 'manage-consent', 'manage-account'),
    revokeApplications: oneOf('manage-consent', 'manage-account'),
    delete: oneOf('delete-account'),
  };
}
