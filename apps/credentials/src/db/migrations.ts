import { CreateCredentials1795530100000 } from './migrations/1795530100000-create-credentials.js';
import { AddRecoveryCodes1795617000000 } from './migrations/1795617000000-add-recovery-codes.js';

/** In the order they were written. */
export const migrations = [CreateCredentials1795530100000, AddRecoveryCodes1795617000000];
