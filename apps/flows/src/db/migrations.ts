import { CreateFlows1795531000000 } from './migrations/1795531000000-create-flows.js';
import { AddMailAndLinks1795644000000 } from './migrations/1795644000000-add-mail-and-links.js';

/** In the order they were written. */
export const migrations = [CreateFlows1795531000000, AddMailAndLinks1795644000000];
