import type { Session } from '../../sessions/session.js';
import type { TokenSession } from './claims.js';

export const tokenSession = ({ id, authTime, amr }: Session): TokenSession => ({
  id,
  authTime: Math.floor(authTime.getTime() / 1000),
  amr,
});
