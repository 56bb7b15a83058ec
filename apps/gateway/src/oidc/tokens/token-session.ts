import type { Session } from '../../sessions/session.js';
import type { TokenSession } from './claims.js';

/** @param acr the level that the tokens were given for. */
export const tokenSession = (
  { id, authTime, amr, offlineOf }: Session,
  acr: string | null | undefined,
): TokenSession => ({
  id,
  ...(offlineOf ? { browserId: offlineOf } : {}),
  authTime: Math.floor(authTime.getTime() / 1000),
  amr,
  ...(acr ? { acr } : {}),
});
