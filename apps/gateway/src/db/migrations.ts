import { CreateSessions1795530000000 } from './migrations/1795530000000-create-sessions.js';

/** In the order they were written. */
export const migrations = [CreateSessions1795530000000];
