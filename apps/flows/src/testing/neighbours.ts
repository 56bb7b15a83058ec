import { LocalBus } from '@tumbler/bus';
import {
  credentials,
  type ConfirmedOtp,
  type CredentialSummary,
  type CredentialType,
  type PasswordSet,
  type Verified,
  type Verify,
} from '@tumbler/contract-credentials';
import { users, type FoundUser, type LoginUser, type UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';

interface Account {
  user: LoginUser;
  password: string;
  credentials: CredentialSummary[];
}

/** The next code of every device in these tests. */
export const CODE = '123456';

/** Everybody's recovery codes in these tests; there are three. */
export const RECOVERY_CODES = ['FIRST', 'SECOND', 'THIRD'];

/**
 * The users and credentials services as flows sees them: typed by their contracts, with a little memory, so that a story
 * can be told. What they do in earnest is proven where they live.
 */
export class Neighbours {
  readonly bus = new LocalBus();
  readonly accounts: Account[] = [];
  /** The enabled required actions of the realm, in order. */
  enabled = ['CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'UPDATE_PROFILE'];
  /** What the realm has set for them, where it has. */
  configs: Record<string, Record<string, string>> = {};
  defaultActions: string[] = [];
  profile: UserProfile = {
    attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
      ...{ name, required: { roles: ['user'] } },
      permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
    })),
  };
  /** What was asked with which attempt id, and what was answered. */
  readonly attempts = new Map<string, string>();
  readonly pending = new Map<string, string>();
  readonly lost: CredentialSummary[] = [];
  recoveryCodesExpire = false;
  /** Where the realm's mail goes out. */
  smtpServer: Record<string, string> = {};

  constructor() {
    this.bus
      .stub(users.identify, ({ name }) => this.found(({ user }) => user.username === name.toLowerCase()))
      .stub(users.get, ({ userId }) => this.found(({ user }) => user.id === userId))
      .stub(users.mailSettings, () => ({ smtpServer: this.smtpServer }))
      .stub(users.addAction, ({ userId, alias }) => {
        const { user } = this.of(userId);
        user.requiredActions = [...new Set([...user.requiredActions, alias])];
        return {};
      })
      .stub(users.finishAction, ({ userId, alias, emailVerified, attributes }) => {
        const { user } = this.of(userId);
        user.attributes = { ...user.attributes, ...attributes };
        user.emailVerified = emailVerified ?? user.emailVerified;
        user.requiredActions = user.requiredActions.filter((action) => action !== alias);
        return {};
      })
      .stub(users.userProfile, () => this.profile)
      .stub(users.update, ({ userId, fields, keepsAttributes }) => {
        const { user } = this.of(userId);
        const { email, attributes = {} } = fields;
        const missing = this.profile.attributes.filter(
          ({ name, required }) => required && name in fields && !fields[name as keyof typeof fields],
        );
        if (missing.length > 0) {
          const wrong = missing.map(({ name }) => ({
            ...{ field: name, message: 'error-user-attribute-required' },
          }));
          throw new AppError('invalid_request', { field: wrong[0]!.field, fields: wrong });
        }
        const moved = email !== undefined && email.toLowerCase() !== user.email;
        Object.assign(user, fields, {
          ...(email === undefined ? {} : { email: email.toLowerCase() }),
          ...(moved && fields.emailVerified === undefined ? { emailVerified: false } : {}),
          attributes: { ...(keepsAttributes || !fields.attributes ? user.attributes : {}), ...attributes },
        });
        return { ...user, createdTimestamp: 0 };
      })
      .stub(users.remove, ({ userId }) => {
        this.accounts.splice(this.accounts.indexOf(this.of(userId)), 1);
        return {};
      })
      .stub(users.create, ({ userId, fields }) => {
        const username = (fields.username ?? '').toLowerCase();
        if (this.accounts.some(({ user }) => user.username === username)) {
          throw new AppError('conflict', { message: 'User exists with same username', field: 'username' });
        }
        const account = this.accounts.find(({ user }) => user.id === userId);
        const made = this.person(username, { requiredActions: [...this.defaultActions] }, userId);
        Object.assign(made.user, { email: fields.email, attributes: fields.attributes ?? {} });
        made.password = this.passwords.get(userId ?? '') ?? '';
        made.credentials = made.password ? [{ id: randomUUID(), type: 'password' }] : [];
        return { id: account?.user.id ?? made.user.id };
      })
      .stub(
        credentials.has,
        ({ userId }) => this.accounts.find(({ user }) => user.id === userId)?.credentials ?? [],
      )
      .stub(credentials.verify, (asked): Verified => {
        const account = this.accounts.find(({ user }) => user.id === asked.userId);
        if (asked.type === 'recovery-authn-codes') return this.spendRecoveryCode(account, asked);
        const key = JSON.stringify([asked.type, asked.userId, asked.input]);
        const spent = this.attempts.get(key);
        const right =
          asked.type === 'password' ? account?.password === asked.input : asked.input === CODE && account;
        if (!right) return { verdict: 'wrong', has: [] };
        if (asked.type === 'otp' && spent && spent !== asked.attempt) return { verdict: 'used', has: [] };
        this.attempts.set(key, asked.attempt);
        return { verdict: 'ok', has: account!.credentials, credentialId: this.first(account!, asked.type) };
      })
      .stub(credentials.beginOtp, ({ userId, loginId, issuer, account }) => {
        const secret = this.pending.get(loginId) ?? `SECRET${this.pending.size}`;
        this.pending.set(loginId, secret);
        return {
          uri: `otpauth://totp/${issuer}:${account}?secret=${secret}`,
          secret,
          policy: {
            type: 'totp',
            algorithm: 'HmacSHA1',
            digits: 6,
            lookAroundWindow: 1,
            period: 30,
            initialCounter: 0,
          },
          apps: ['totpAppFreeOTPName', 'totpAppGoogleName'],
          labelRequired: this.of(userId).credentials.some(({ type }) => type === 'otp'),
        };
      })
      .stub(credentials.confirmOtp, ({ userId, loginId, code, label, attempt }): ConfirmedOtp => {
        if (this.attempts.get(`confirm ${loginId}`) === attempt) return { verdict: 'ok' };
        if (!this.pending.has(loginId)) return { verdict: 'expired' };
        if (code !== CODE) return { verdict: 'wrong' };
        const id = randomUUID();
        this.of(userId).credentials.push({ id, type: 'otp', ...(label ? { label } : {}) });
        this.attempts.set(`confirm ${loginId}`, attempt);
        this.pending.delete(loginId);
        return { verdict: 'ok', credentialId: id };
      })
      .stub(credentials.beginRecoveryCodes, () => ({ codes: RECOVERY_CODES }))
      .stub(credentials.confirmRecoveryCodes, ({ userId }) => {
        if (this.recoveryCodesExpire) return { verdict: 'expired' };
        return { verdict: 'ok', credentialId: this.giveRecoveryCodes(this.of(userId)) };
      })
      .stub(credentials.setPassword, ({ userId, password }): PasswordSet => {
        if (password.length < 8) {
          return { kind: 'refused', key: 'invalidPasswordMinLengthMessage', params: [8] };
        }
        this.passwords.set(userId, password);
        const account = this.accounts.find(({ user }) => user.id === userId);
        if (!account) return { kind: 'ok' };
        const own = account.credentials.find(({ type }) => type === 'password');
        const credential = {
          id: own?.id ?? randomUUID(),
          type: 'password' as const,
          setAt: ++this.passwordsSet,
        };
        account.password = password;
        account.credentials = [credential, ...account.credentials.filter(({ type }) => type !== 'password')];
        return { kind: 'ok', credential };
      })
      .stub(credentials.remove, ({ userId, credentialId }) => {
        const account = this.of(userId);
        if (!account.credentials.some(({ id }) => id === credentialId)) throw new AppError('not_found');
        account.credentials = account.credentials.filter(({ id }) => id !== credentialId);
        return {};
      })
      .stub(credentials.eraseUser, ({ userId }) => {
        this.passwords.delete(userId);
        return {};
      });
  }

  readonly passwords = new Map<string, string>();
  private passwordsSet = 0;

  /** Makes somebody with a password. */
  person(username: string, fields: Partial<LoginUser> = {}, id: string = randomUUID()): Account {
    const account: Account = {
      user: {
        id,
        username,
        emailVerified: false,
        enabled: true,
        attributes: {},
        roles: [],
        clientRoles: { account: ['manage-account', 'view-profile'] },
        requiredActions: [],
        notBefore: 0,
        ...fields,
      },
      password: `${username}-password`,
      credentials: [{ id: randomUUID(), type: 'password', setAt: 0 }],
    };
    this.accounts.push(account);
    return account;
  }

  /** Makes somebody with a password and devices. */
  personWithOtp(username: string, ...labels: string[]): Account {
    const account = this.person(username);
    const devices = labels.length > 0 ? labels : [undefined];
    for (const label of devices) account.credentials.push({ id: randomUUID(), type: 'otp', label });
    return account;
  }

  /** Gives somebody a set of recovery codes, of which the first ones are spent. */
  giveRecoveryCodes(account: Account, nextCode = 1): string {
    const id = randomUUID();
    const type = 'recovery-authn-codes' as const;
    account.credentials = [...account.credentials.filter((one) => one.type !== type), { id, type, nextCode }];
    return id;
  }

  private spendRecoveryCode(account: Account | undefined, { input }: Verify): Verified {
    const codes = account?.credentials.find(({ type }) => type === 'recovery-authn-codes');
    const number = codes?.nextCode ?? 0;
    if (!account || !codes || input !== RECOVERY_CODES[number - 1]) {
      return { verdict: codes ? 'wrong' : 'none', has: account?.credentials ?? [] };
    }
    account.credentials = account.credentials.flatMap((one) =>
      one !== codes ? [one] : number < RECOVERY_CODES.length ? [{ ...one, nextCode: number + 1 }] : [],
    );
    return { verdict: 'ok', has: account.credentials, credentialId: codes.id };
  }

  private of(userId: string): Account {
    const account = this.accounts.find(({ user }) => user.id === userId);
    if (!account) throw new AppError('not_found', { message: 'User not found' });
    return account;
  }

  private found(is: (account: Account) => boolean): FoundUser {
    const user = this.accounts.find(is)?.user ?? null;
    const actions = this.enabled.map((alias, i) => ({
      alias,
      name: alias,
      providerId: alias,
      enabled: true,
      defaultAction: false,
      priority: i,
      config: this.configs[alias] ?? {},
    }));
    return { user, actions };
  }

  private first(account: Account, type: CredentialType): string | undefined {
    return account.credentials.find((credential) => credential.type === type)?.id;
  }
}
