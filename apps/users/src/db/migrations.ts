import { CreateUsers1795530100000 } from './migrations/1795530100000-create-users.js';

/** In the order they were written. */
export const migrations = [CreateUsers1795530100000];
