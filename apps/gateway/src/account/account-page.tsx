import { LanguagePicker } from '../login/pages/language-picker.js';
import { Layout } from '../login/pages/layout.js';
import { textOfScope } from '../oidc/consents/consent-scopes.js';
import type { Session } from '../sessions/session.js';
import type { Translate } from '../texts/texts.js';
import type { Account } from './accounts.js';

export interface AccountPageProps {
  account: Account;
  /** The session that looks. */
  session: Session;
  /** Proves that a form comes from this page. */
  token: string;
  /** Where the account is; its forms go below it. */
  path: string;
  t: Translate;
  realmName: string;
  /** Those that the realm offers. */
  languages: string[];
}

/** Who is signed in, what they sign in with, and where else they are. */
export function AccountPage({ account, session, token, path, t, realmName, languages }: AccountPageProps) {
  const { user, credentials, sessions, applications, deeds, rights } = account;
  const deed = { path, deeds, t };
  const fullName = [user.firstName, user.lastName].filter(Boolean).join(' ');
  return (
    <Layout
      language={t.language}
      pageId="account"
      title={t({ key: 'accountTitle' })}
      realmName={realmName}
      picker={<LanguagePicker languages={languages} t={t} address={path} />}
      wide
    >
      <p class="things-note">{t({ key: 'accountSignedInAs' })}</p>
      <p class="account-name" id="account-username" dir="auto">
        {user.username}
      </p>
      {(fullName || user.email) && (
        <p class="things-note" dir="auto">
          {[fullName, user.email].filter(Boolean).join(' · ')}
        </p>
      )}

      <p class="deeds">
        <Deed {...deed} does="UPDATE_PROFILE" />
        <Deed {...deed} does="UPDATE_EMAIL" />
      </p>

      <h2 id="credentials-title">{t({ key: 'accountCredentials' })}</h2>
      <ul class="things" id="account-credentials" aria-labelledby="credentials-title">
        {credentials.map(({ id, type, label, createdDate }) => (
          <li key={id} data-credential-type={type}>
            <Thing
              name={t({ key: `credential.${type}` })}
              note={type === 'otp' ? label || t({ key: 'unnamed' }) : undefined}
            />
            <span class="things-note">
              {t({ key: 'accountAdded' })} <Time at={new Date(createdDate)} />
            </span>
            {type === 'password' ? (
              <Deed {...deed} does="UPDATE_PASSWORD" says="doChange" />
            ) : (
              <Deed {...deed} does="delete_credential" about={id} says="doDelete" />
            )}
          </li>
        ))}
        {credentials.length === 0 && <li class="things-note">{t({ key: 'accountNoCredentials' })}</li>}
      </ul>

      <p class="deeds">
        <Deed {...deed} does="CONFIGURE_TOTP" />
        <Deed {...deed} does="CONFIGURE_RECOVERY_AUTHN_CODES" />
      </p>

      <h2 id="sessions-title">{t({ key: 'accountSessions' })}</h2>
      <ul class="things" id="account-sessions" aria-labelledby="sessions-title">
        {sessions.map(({ id, createdAt, address, userAgent }) => (
          <li key={id}>
            <Thing
              name={t({ key: id === session.id ? 'accountThisSession' : 'accountOtherSession' })}
              note={address ?? undefined}
              title={userAgent ?? undefined}
            />
            <span class="things-note">
              {t({ key: 'accountSince' })} <Time at={createdAt} />
            </span>
            {rights.change && id !== session.id && (
              <Undo
                {...{ action: `${path}/end-session`, token, name: 'session', value: id }}
                label={t({ key: 'accountEndSession' })}
              />
            )}
          </li>
        ))}
      </ul>

      {applications.length > 0 && <h2 id="applications-title">{t({ key: 'accountApplications' })}</h2>}
      {applications.length > 0 && (
        <ul class="things" id="account-applications" aria-labelledby="applications-title">
          {applications.map(({ clientId, name, scopes, since }) => (
            <li key={clientId} data-client-id={clientId}>
              <Thing name={name} note={scopes.map((scope) => t({ key: textOfScope(scope) })).join(', ')} />
              <span class="things-note">
                {t({ key: 'accountSince' })} <Time at={since} />
              </span>
              {rights.revokeApplications && (
                <Undo
                  {...{ action: `${path}/revoke-application`, token, name: 'client', value: clientId }}
                  label={t({ key: 'accountRevoke' })}
                />
              )}
            </li>
          ))}
        </ul>
      )}

      <div class="account-end">
        {rights.change && sessions.length > 1 && (
          <form id="end-other-sessions" action={`${path}/end-other-sessions`} method="post">
            <input type="hidden" name="token" value={token} />
            <button type="submit" class="secondary">
              {t({ key: 'accountEndOthers' })}
            </button>
          </form>
        )}
        <SignOut {...{ path, token, t }} />
      </div>
      <p class="deeds">
        <Deed {...deed} does="delete_account" />
      </p>
    </Layout>
  );
}

/** For whoever may not see anything else here, too. */
export function SignOut({ path, token, t }: Pick<AccountPageProps, 'path' | 'token' | 't'>) {
  return (
    <form id="sign-out" action={`${path}/logout`} method="post">
      <input type="hidden" name="token" value={token} />
      <button type="submit" id="kc-logout" class="primary">
        {t({ key: 'doLogout' })}
      </button>
    </form>
  );
}

interface UndoProps {
  action: string;
  token: string;
  name: string;
  value: string;
  label: string;
}

function Undo({ action, token, name, value, label }: UndoProps) {
  return (
    <form class="undo" action={action} method="post">
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name={name} value={value} />
      <button type="submit" class="secondary">
        {label}
      </button>
    </form>
  );
}

interface DeedProps {
  path: string;
  deeds: string[];
  t: Translate;
  /** The provider of a required action. */
  does: string;
  /** What it is to be done with. */
  about?: string;
  says?: string;
}

/** A link to what users do for themselves, where their realm lets them. */
function Deed({ path, deeds, t, does, about, says = `requiredAction.${does}` }: DeedProps) {
  if (!deeds.includes(does)) return null;
  const action = encodeURIComponent(about ? `${does}:${about}` : does);
  return (
    <a id={about ? undefined : `do-${does}`} data-does={does} href={`${path}/actions/${action}`}>
      {t({ key: says })}
    </a>
  );
}

function Thing({ name, note, title }: { name: string; note?: string; title?: string }) {
  return (
    <span class="thing" title={title}>
      {name}
      {note && (
        <span class="things-note" dir="auto">
          {note}
        </span>
      )}
    </span>
  );
}

/** In UTC until the script tells it in the visitor's own zone. */
function Time({ at }: { at: Date }) {
  return <time dateTime={at.toISOString()}>{at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>;
}
