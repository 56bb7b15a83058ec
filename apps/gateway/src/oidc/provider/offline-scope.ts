import { OFFLINE_ACCESS } from '../tokens/offline.js';

/** The provider passes over `offline_access` where no `prompt=consent` is asked for; in this dress it lets it through. */
export const DISGUISED = 'tumbler:offline_access';

/** A query or a form whose scope names it. */
export function disguised(form: string): string {
  if (!form.includes(OFFLINE_ACCESS)) return form;
  const params = new URLSearchParams(form);
  const scopes = params.getAll('scope');
  params.delete('scope');
  for (const scope of scopes) params.append('scope', renamed(scope, OFFLINE_ACCESS, DISGUISED));
  return params.toString();
}

export const undisguised = (scope: string | undefined): string =>
  renamed(scope ?? '', DISGUISED, OFFLINE_ACCESS);

const renamed = (scope: string, from: string, to: string): string =>
  scope
    .split(' ')
    .map((name) => (name === from ? to : name))
    .join(' ');
