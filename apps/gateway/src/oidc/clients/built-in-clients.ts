import type { Realm } from '@tumbler/contract-users';
import type { ClientSettings } from './client-settings.js';

/** `ADMINISTERS`: its tokens open the admin API; one that some other application was given for its users does not. */
const ADMINISTERS = new Set(['admin-cli', 'security-admin-console']);

export const administers = (clientId: string): boolean => ADMINISTERS.has(clientId);

const PUBLIC: ClientSettings = { publicClient: true, attributes: { 'pkce.code.challenge.method': 'S256' } };
/** Holds roles; nobody signs in to it. */
export const HOLDS_ROLES: ClientSettings = { bearerOnly: true, standardFlowEnabled: false };

/** The clients that every realm has from the start (keycloak.md §5.5), but for those that manage it: users knows these. */
export function builtInClients(
  publicUrl: string,
  { name }: Pick<Realm, 'name'>,
): (ClientSettings & { clientId: string })[] {
  const path = `realms/${encodeURIComponent(name)}`;
  const account = `/${path}/account/`;
  const console = `/admin/${encodeURIComponent(name)}/console/`;
  return [
    {
      ...{ clientId: 'account', name: '${client_account}', rootUrl: publicUrl, baseUrl: account },
      ...PUBLIC,
      redirectUris: [`${publicUrl}${account}`, `${publicUrl}/${path}/account`],
    },
    {
      ...{
        clientId: 'account-console',
        name: '${client_account-console}',
        rootUrl: publicUrl,
        baseUrl: account,
      },
      ...PUBLIC,
      redirectUris: [`${publicUrl}${account}`],
    },
    {
      ...{ clientId: 'admin-cli', name: '${client_admin-cli}', publicClient: true },
      ...{ standardFlowEnabled: false, directAccessGrantsEnabled: true },
    },
    { clientId: 'broker', name: '${client_broker}', ...HOLDS_ROLES },
    {
      ...{ clientId: 'security-admin-console', name: '${client_security-admin-console}' },
      ...{ rootUrl: publicUrl, baseUrl: console },
      ...PUBLIC,
      redirectUris: [`${publicUrl}${console}`],
      webOrigins: ['+'],
    },
  ];
}
