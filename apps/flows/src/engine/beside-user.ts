import type { Bus } from '@tumbler/bus';
import { users, type FoundUser } from '@tumbler/contract-users';
import { learn } from './progress.js';
import type { Run } from './run.js';

/**
 * Waits for an answer, and meanwhile reads the user, where the login knows one: this may be the request that ends it,
 * and an account may have been disabled, or given something to do, while the page was open.
 */
export async function besideUser<T>(bus: Bus, run: Run, answered: Promise<T>): Promise<T> {
  const { login, progress } = run;
  const { user } = progress;
  const read: Promise<FoundUser> | undefined =
    user && bus.call(users.get, { realmId: login.realm.id, userId: user.id });
  const [outcome, found] = await Promise.all([answered, read]);
  if (found) run.progress = learn(progress, { found });
  return outcome;
}
