import { CreateFlows1795531000000 } from './migrations/1795531000000-create-flows.js';

/** In the order they were written. */
export const migrations = [CreateFlows1795531000000];
