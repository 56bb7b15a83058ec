// What every story begins with: the running system, an administrator, a realm of its own and people in it.
import { randomUUID } from 'node:crypto';
import KcAdminClient from '@keycloak/keycloak-admin-client';
import type RealmRepresentation from '@keycloak/keycloak-admin-client/lib/defs/realmRepresentation.js';
import type UserRepresentation from '@keycloak/keycloak-admin-client/lib/defs/userRepresentation.js';
import { inject } from 'vitest';
import type { SharedSystem } from './global-setup.js';

export const system: SharedSystem = inject('system');

/** Strong enough for the default policy, and nobody's. */
export const PASSWORD = 'Tumblers-align-7';

/** The administrator of the master realm, signed in just now. */
export async function administrator(): Promise<KcAdminClient> {
  const client = new KcAdminClient({ baseUrl: system.url });
  await client.auth({
    grantType: 'password',
    clientId: 'admin-cli',
    username: system.admin.name,
    password: system.admin.password,
  });
  return client;
}

/** One realm, as an administrator handles it. */
export class RealmOfStory {
  private constructor(readonly name: string) {}

  static async create(settings: RealmRepresentation = {}): Promise<RealmOfStory> {
    const name = `story-${randomUUID().slice(0, 8)}`;
    const admin = await administrator();
    await admin.realms.create({ realm: name, enabled: true, ...settings });
    return new RealmOfStory(name);
  }

  get accountUrl(): string {
    return `${system.url}/realms/${this.name}/account`;
  }

  async update(settings: RealmRepresentation): Promise<void> {
    const admin = await administrator();
    await admin.realms.update({ realm: this.name }, settings);
  }

  /** Answers the id. The password is {@link PASSWORD}. */
  async createUser(username: string, more: UserRepresentation = {}): Promise<string> {
    const admin = await administrator();
    const { id } = await admin.users.create({
      realm: this.name,
      username,
      enabled: true,
      credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
      ...more,
    });
    return id;
  }

  /** *Set as default action*, as on the Required actions tab. */
  async setDefaultAction(alias: string, defaultAction: boolean): Promise<void> {
    const admin = await administrator();
    const action = await admin.authenticationManagement.getRequiredActionForAlias({
      realm: this.name,
      alias,
    });
    await admin.authenticationManagement.updateRequiredAction(
      { realm: this.name, alias },
      { ...action, enabled: true, defaultAction },
    );
  }

  /** *Required user actions*, as on the page of the user. */
  async requireOf(userId: string, actions: string[]): Promise<void> {
    const admin = await administrator();
    await admin.users.update({ realm: this.name, id: userId }, { requiredActions: actions });
  }

  async user(userId: string): Promise<UserRepresentation> {
    const admin = await administrator();
    const user = await admin.users.findOne({ realm: this.name, id: userId });
    if (!user) throw new Error(`no user ${userId}`);
    return user;
  }

  async findUser(username: string): Promise<UserRepresentation> {
    const admin = await administrator();
    const [user] = await admin.users.find({ realm: this.name, username, exact: true });
    if (!user) throw new Error(`no user ${username}`);
    return user;
  }

  async credentialTypes(userId: string): Promise<string[]> {
    const admin = await administrator();
    const credentials = await admin.users.getCredentials({ realm: this.name, id: userId });
    return credentials.map(({ type }) => type ?? '');
  }

  /** A token by name, password and perhaps a code, as an application without a browser asks for it. */
  async tokenRequest(fields: Record<string, string>): Promise<Response> {
    return fetch(`${system.url}/realms/${this.name}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...fields }),
    });
  }
}
