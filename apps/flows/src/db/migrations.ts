import { CreateFlows1795531000000 } from './migrations/1795531000000-create-flows.js';
import { AddMailAndLinks1795644000000 } from './migrations/1795644000000-add-mail-and-links.js';
import { LetMailBeWithoutLink1795670100000 } from './migrations/1795670100000-let-mail-be-without-link.js';
import { ExplainEvents1795671046609 } from './migrations/1795671046609-explain-events.js';
import { FindLoginsByIdAlone1795680000000 } from './migrations/1795680000000-find-logins-by-id-alone.js';

/** In the order they were written. */
export const migrations = [
  CreateFlows1795531000000,
  AddMailAndLinks1795644000000,
  LetMailBeWithoutLink1795670100000,
  ExplainEvents1795671046609,
  FindLoginsByIdAlone1795680000000,
];
