import { invalid } from '@tumbler/errors';
import { MOST_SECONDS } from '../../oidc/clients/client-settings.js';
import { ACCESS_TOKEN_LIFESPAN, LIFESPAN_ATTRIBUTES } from '../../sessions/client-lifespans.js';

/** How long a client may go on has to be readable where it is set: a bound that nobody can read would be none. */
export function mustBeLifespans(attributes: Record<string, string>): void {
  const isSeconds = (text: string, least: number) =>
    /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= MOST_SECONDS;
  for (const name of LIFESPAN_ATTRIBUTES) {
    const text = attributes[name];
    if (text && !isSeconds(text, 0)) {
      throw invalid(`${name} must be a number of seconds, or 0: as its realm says`, 'attributes');
    }
  }
  const access = attributes[ACCESS_TOKEN_LIFESPAN];
  if (access && access !== '-1' && !isSeconds(access, 1)) {
    throw invalid(
      `${ACCESS_TOKEN_LIFESPAN} must be a number of seconds, or -1: as long as the session`,
      'attributes',
    );
  }
}
