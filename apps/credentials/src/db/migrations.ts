import { CreateCredentials1795530100000 } from './migrations/1795530100000-create-credentials.js';

/** In the order they were written. */
export const migrations = [CreateCredentials1795530100000];
