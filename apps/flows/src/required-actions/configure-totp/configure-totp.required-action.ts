import { credentials, type BegunOtp, type ConfirmedOtp } from '@tumbler/contract-credentials';
import { text, type Block, type Form, type Link, type Text } from '@tumbler/contract-flows';
import type { Input } from '../../authenticators/authenticator.js';
import { logoutSessionsField } from '../../authenticators/fields.js';
import { line } from '../../authenticators/typed.js';
import { tidyCode } from '../../authenticators/verify.js';
import type { ActionAgain, ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/**
 * Sets up an authenticator app. The secret stays in credentials as pending, and never travels through a field of the
 * form: whoever sends the form back cannot choose it. A wrong code or a reload keeps it.
 */
export const configureTotp: RequiredAction = {
  id: 'CONFIGURE_TOTP',
  because: 'configureTotpMessage',
  cancelId: 'cancelTOTPBtn',

  ask: async (turn) => page(await begin(turn), turn.query),

  async answer(turn: ActionTurn, input: Input): Promise<ActionOutcome> {
    const code = tidyCode(input.totp ?? '');
    const label = line(input.userLabel).slice(0, 255);
    const mode = { mode: input.mode ?? turn.query.mode ?? '' };
    const again = async (wrong: Wrong, error?: string): Promise<ActionAgain> => ({
      kind: 'again',
      form: page(await begin(turn), { ...mode, ...input, userLabel: label }, wrong),
      ...(error
        ? { event: { type: 'UPDATE_CREDENTIAL_ERROR', error, details: { credential_type: 'otp' } } }
        : {}),
    });
    if (!code) return again({ totp: text('missingTotpMessage') });
    if (code.length > 64) return again({ totp: text('invalidTotpMessage') }, 'invalid_user_credentials');

    const confirmed = await turn.bus.call(credentials.confirmOtp, {
      realmId: turn.login.realm.id,
      userId: turn.user.id,
      loginId: turn.login.id,
      code,
      ...(label ? { label } : {}),
      attempt: turn.attempt('otp', code, label),
    });
    if (confirmed.verdict !== 'ok') return again(...refusals[confirmed.verdict]);

    const details = {
      credential_type: 'otp',
      ...(confirmed.credentialId ? { credential_id: confirmed.credentialId } : {}),
      ...(label ? { credential_user_label: label } : {}),
    };
    return {
      kind: 'done',
      // Keycloak's order, the older type first (keycloak.md §0.1, 6).
      events: [
        { type: 'UPDATE_TOTP', details },
        { type: 'UPDATE_CREDENTIAL', details },
      ],
      endOtherSessions: input['logout-sessions'] === 'on',
      ...(addsRecoveryCodes(turn) ? { asksFor: ['CONFIGURE_RECOVERY_AUTHN_CODES'] } : {}),
      ...(confirmed.credentialId
        ? { credential: { id: confirmed.credentialId, type: 'otp', ...(label ? { label } : {}) } }
        : {}),
    };
  },
};

/** Somebody with one device has a way in when it is lost (keycloak.md §3.2). */
const addsRecoveryCodes = ({ config, credentials: has }: ActionTurn): boolean =>
  config['add-recovery-codes'] === 'true' && !has.some(({ type }) => type === 'recovery-authn-codes');

interface Wrong {
  totp?: Text;
  userLabel?: Text;
  /** Said above the form, in place of why it is asked for. */
  message?: Text;
}

/** What is said, and what is told, of each verdict; a locked user hears what a wrong code hears. */
const refusals: Record<Exclude<ConfirmedOtp['verdict'], 'ok'>, [Wrong, string?]> = {
  wrong: [{ totp: text('invalidTotpMessage') }, 'invalid_user_credentials'],
  locked: [{ totp: text('invalidTotpMessage') }, 'user_temporarily_disabled'],
  label_missing: [{ userLabel: text('missingTotpDeviceNameMessage') }],
  label_taken: [{ userLabel: text('deviceNameExistsMessage') }],
  expired: [{ message: text('expiredActionMessage') }, 'expired_code'],
};

/** Starts the enrolment of this login, or answers the one it has started. */
function begin({ login, user, bus }: ActionTurn): Promise<BegunOtp> {
  return bus.call(credentials.beginOtp, {
    realmId: login.realm.id,
    userId: user.id,
    loginId: login.id,
    issuer: login.realm.displayName || login.realm.name,
    account: user.username,
  });
}

function page(begun: BegunOtp, typed: Input, wrong: Wrong = {}): Form {
  const manual = typed.mode === 'manual';
  return {
    page: 'login-login-config-totp',
    id: 'kc-totp-settings-form',
    title: text('loginTotpTitle'),
    ...(wrong.message ? { message: { kind: 'warning', text: wrong.message } } : {}),
    blocks: steps(begun, manual),
    fields: [
      ...(manual
        ? [{ name: 'mode', type: 'hidden' as const, label: text('loginTotpKey'), value: 'manual' }]
        : []),
      {
        name: 'totp',
        type: 'code',
        label: text('authenticatorCode'),
        autocomplete: 'one-time-code',
        required: true,
        autofocus: true,
        ...(wrong.totp ? { error: { id: 'input-error-otp-code', text: wrong.totp } } : {}),
      },
      {
        name: 'userLabel',
        type: 'text',
        label: text('loginTotpDeviceName'),
        autocomplete: 'off',
        required: begun.labelRequired,
        ...(typed.userLabel ? { value: typed.userLabel } : {}),
        ...(wrong.userLabel ? { error: { id: 'input-error-otp-label', text: wrong.userLabel } } : {}),
      },
      { ...logoutSessionsField, ...(typed['logout-sessions'] === 'on' ? { value: 'on' } : {}) },
    ],
    buttons: [{ id: 'saveTOTPBtn', label: text('doSubmit'), kind: 'primary' }],
    links: [manual ? SHOW_QR : SHOW_KEY_ONLY],
  };
}

const SHOW_KEY_ONLY: Link = {
  id: 'mode-manual',
  label: text('loginTotpUnableToScan'),
  to: 'this-step',
  query: { mode: 'manual' },
};
const SHOW_QR: Link = {
  id: 'mode-barcode',
  label: text('loginTotpScanBarcode'),
  to: 'this-step',
  query: { mode: 'qr' },
};

function steps({ uri, secret, policy, apps, labelRequired }: BegunOtp, manual: boolean): Block[] {
  const qr: Block = { kind: 'qr', id: 'kc-totp-secret-qr-code', value: uri, alt: text('loginTotpQrAlt') };
  const key: Block = {
    kind: 'secret',
    id: 'kc-totp-secret-key',
    value: secret,
    label: text('loginTotpKey'),
    uri,
  };
  const details: Block = { kind: 'details', rows: detailRows(policy) };
  return [
    {
      kind: 'step',
      text: text('loginTotpStep1'),
      blocks: [{ kind: 'list', id: 'kc-totp-supported-apps', items: apps.map((app) => text(app)) }],
    },
    manual
      ? {
          kind: 'step',
          text: text('loginTotpManualStep2'),
          blocks: [key, { kind: 'text', text: text('loginTotpManualStep3') }, details],
        }
      : { kind: 'step', text: text('loginTotpStep2'), blocks: [qr, key, details] },
    {
      kind: 'step',
      text: text('loginTotpStep3'),
      ...(labelRequired ? { blocks: [{ kind: 'text', text: text('loginTotpStep3DeviceName') }] } : {}),
    },
  ];
}

function detailRows(policy: BegunOtp['policy']): { id: string; label: Text; value: Text }[] {
  const shown = (value: string | number): Text => ({ literal: String(value) });
  return [
    { id: 'kc-totp-type', label: text('loginTotpType'), value: text(`loginTotp.${policy.type}`) },
    {
      id: 'kc-totp-algorithm',
      label: text('loginTotpAlgorithm'),
      value: shown(policy.algorithm.replace('Hmac', '')),
    },
    { id: 'kc-totp-digits', label: text('loginTotpDigits'), value: shown(policy.digits) },
    policy.type === 'totp'
      ? { id: 'kc-totp-period', label: text('loginTotpInterval'), value: shown(policy.period) }
      : { id: 'kc-totp-counter', label: text('loginTotpCounter'), value: shown(policy.initialCounter) },
  ];
}
