/** The scope, and the role of a user, that lets an application go on when the user is gone (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

export const isOffline = (scope: string): boolean => scope.split(' ').includes(OFFLINE_ACCESS);
