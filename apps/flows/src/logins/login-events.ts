import type { Told } from '@tumbler/contract-events';
import { line } from '../authenticators/typed.js';
import type { Run } from '../engine/run.js';

/** What happened in a run, as it is told: who, where, by which login; never what was typed as a secret. */
export function told(run: Run): Told[] {
  const { login, progress, redirectUri, events } = run;
  const { user } = progress;
  const proved = progress.proofs.map(({ type }) => type).join(', ');
  return events.map(({ type, error, userId, details }): Told => {
    const who = userId ?? user?.id;
    return {
      type,
      realmId: login.realm.id,
      ...(who ? { subject: who } : {}),
      data: {
        clientId: login.clientId,
        ...(who ? { userId: who } : {}),
        ...(type === 'LOGIN' ? { sessionId: progress.session?.id ?? login.id } : {}),
        ...(login.visitor.address ? { ipAddress: login.visitor.address } : {}),
        ...(error ? { error } : {}),
        details: {
          auth_method: 'openid-connect',
          ...(login.kind === 'grant' ? { grant_type: 'password' } : { auth_type: 'code' }),
          code_id: login.id,
          ...(redirectUri ? { redirect_uri: redirectUri } : {}),
          ...(user ? { username: user.username } : {}),
          ...(type === 'LOGIN' ? { consent: 'no_consent_required' } : {}),
          ...(type === 'LOGIN' && proved ? { credential_type: proved } : {}),
          ...(type === 'LOGIN' && progress.rememberMe ? { remember_me: 'true' } : {}),
          ...tidy(details),
        },
      },
    };
  });
}

/** What was typed may be told, as far as it is a name; not more of it than a name can be long. */
const tidy = (details: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(details).map(([key, value]) => [key, line(value).slice(0, 255)]));
