/**
 * Ours alone: in the dress of a grant, a request that is for no token goes through the authentication of clients, by
 * whichever way a client proves itself.
 */
export const OWN_GRANTS = {
  logout: 'urn:tumbler:logout',
  'register-node': 'urn:tumbler:register-node',
  'unregister-node': 'urn:tumbler:unregister-node',
} as const;

export type OwnGrant = keyof typeof OWN_GRANTS;

export const isOwn = (grant: string): boolean => (Object.values(OWN_GRANTS) as string[]).includes(grant);
