import type { Link, LoginStep } from '@tumbler/contract-flows';
import type { FormAddresses } from './pages/form-page.js';

export type FormStep = Extract<LoginStep, { kind: 'form' }>;

export const accountPath = (realm: string): string => `/realms/${encodeURIComponent(realm)}/account`;

export const actionsPath = (realm: string, action: string): string =>
  `/realms/${encodeURIComponent(realm)}/login-actions/${action}`;

/** Begins anew what a login was for that is over. */
export const signInAgainPath = (realm: string, login: string): string =>
  `${actionsPath(realm, 'restart')}?${new URLSearchParams({ to: 'login', tab_id: login }).toString()}`;

/** Keycloak's addresses of a step: `tab_id` is the login, `session_code` the code with which its form can be sent once. */
export function addressesOf(
  realm: string,
  step: FormStep,
  carried: Record<string, string> = {},
): FormAddresses {
  const login = { client_id: step.clientId, tab_id: step.login, ...carried };
  const here = { execution: step.execution, ...login };
  const to = (action: string, query: Record<string, string>) =>
    `${actionsPath(realm, action)}?${new URLSearchParams(query).toString()}`;
  const leadsTo: Record<Link['to'], (query: Record<string, string>) => string> = {
    registration: (query) => to('registration', { ...query, ...login }),
    'reset-credentials': (query) => to('reset-credentials', { ...query, ...login }),
    restart: (query) => to('restart', { ...query, ...login }),
    login: (query) => to('restart', { to: 'login', ...query, ...login }),
    'this-step': (query) => to('authenticate', { ...query, ...here }),
  };
  return {
    action: to('authenticate', { session_code: step.code, ...here }),
    step: to('authenticate', here),
    link: ({ to: target, query = {} }) => leadsTo[target](query),
  };
}
