import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows, type ConfigView, type FlowView } from '@tumbler/contract-flows';
import {
  MASK,
  users,
  type GroupView,
  type Realm,
  type RequiredAction,
  type RoleView,
} from '@tumbler/contract-users';
import { assignedNames, ClientScopes } from '../../oidc/clients/client-scopes.js';
import { isConfidential } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { scopeRepresentation } from '../clients/client-scope.representation.js';
import { clientRepresentation } from '../clients/client.representation.js';
import { wholeRealm } from '../realm.representation.js';
import { roleRepresentation, rolesByContainer } from '../roles/role.representation.js';

type RoleRepresentation = ReturnType<typeof roleRepresentation>;
type ExportedRole = RoleRepresentation & {
  composites?: { realm?: string[]; client?: Record<string, string[]> };
};

export interface ExportedGroup {
  id: string;
  name: string;
  description?: string;
  path: string;
  attributes: Record<string, string[]>;
  realmRoles: string[];
  clientRoles: Record<string, string[]>;
  subGroups: ExportedGroup[];
}

type WholeRealm = ReturnType<typeof wholeRealm> & { defaultRole: RoleRepresentation };

/** Keycloak's RealmRepresentation with what is in the realm, but for its people. */
export interface ExportedRealm extends WholeRealm {
  requiredActions: RequiredAction[];
  authenticationFlows: FlowView[];
  authenticatorConfig: ConfigView[];
  components: Record<string, object[]>;
  clientScopes: ReturnType<typeof scopeRepresentation>[];
  defaultDefaultClientScopes: string[];
  defaultOptionalClientScopes: string[];
  scopeMappings: object[];
  identityProviders: object[];
  identityProviderMappers: object[];
  localizationTexts: Record<string, object>;
  roles?: { realm: ExportedRole[]; client: Record<string, ExportedRole[]> };
  groups?: ExportedGroup[];
  defaultGroups?: string[];
  clients?: ReturnType<typeof clientRepresentation>[];
}

/** Tells a realm as a file that another server, or this one, takes. Nothing secret is in it: a mask stands in its place. */
@Injectable()
export class RealmExport {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
  ) {}

  /** What is set for the realm, put together from those who look after it. */
  async whole(realm: Realm): Promise<WholeRealm> {
    const { id: realmId } = realm;
    const [policies, bindings, audit, defaultRole] = await Promise.all([
      this.bus.call(credentials.policies, { realmId }),
      this.bus.call(flows.bindings, { realmId }),
      this.bus.call(flows.auditConfig, { realmId }),
      this.bus.call(users.defaultRole, { realmId }),
    ]);
    const whole = wholeRealm(realm, policies, bindings, audit);
    return { ...whole, defaultRole: roleRepresentation(realm, defaultRole, true) };
  }

  async run(
    realm: Realm,
    { withClients, withGroups }: { withClients: boolean; withGroups: boolean },
  ): Promise<ExportedRealm> {
    const { id: realmId } = realm;
    const [whole, requiredActions, definitions, profile, clients, scopes] = await Promise.all([
      this.whole(realm),
      this.bus.call(users.listActions, { realmId }),
      this.bus.call(flows.exportFlows, { realmId }),
      this.bus.call(users.userProfile, { realmId }),
      this.clients.list(realm),
      this.scopes.list(realm),
    ]);
    const config = { 'kc.user.profile.config': [JSON.stringify(profile)] };
    return {
      ...whole,
      requiredActions,
      authenticationFlows: definitions.flows,
      authenticatorConfig: definitions.configs,
      components: {
        'org.keycloak.userprofile.UserProfileProvider': [
          { providerId: 'declarative-user-profile', subComponents: {}, config },
        ],
      },
      clientScopes: scopes.map(scopeRepresentation),
      defaultDefaultClientScopes: assignedNames(scopes, 'default'),
      defaultOptionalClientScopes: assignedNames(scopes, 'optional'),
      ...{ scopeMappings: [], identityProviders: [], identityProviderMappers: [], localizationTexts: {} },
      ...(withGroups ? await this.groupsAndRoles(realm, clients) : {}),
      ...(withClients
        ? {
            clients: clients.map((client) =>
              clientRepresentation(client, true, isConfidential(client) ? MASK : undefined),
            ),
          }
        : {}),
    };
  }

  private async groupsAndRoles(realm: Realm, clients: { id: string; clientId: string }[]) {
    const { id: realmId } = realm;
    const client: Record<string, ExportedRole[]> = {};
    for (const { id: clientId, clientId: name } of clients) {
      const roles = await this.bus.call(users.listRoles, { realmId, clientId });
      client[name] = await this.withParts(realm, roles);
    }
    const ofRealm = await this.withParts(realm, await this.bus.call(users.listRoles, { realmId }));
    const defaults = await this.bus.call(users.defaultGroups, { realmId });
    return {
      roles: { realm: ofRealm, client },
      groups: await this.groupsBelow(realmId),
      ...(defaults.length > 0 ? { defaultGroups: defaults.map(({ path }) => path) } : {}),
    };
  }

  private withParts(realm: Realm, roles: RoleView[]): Promise<ExportedRole[]> {
    return Promise.all(
      roles.map(async (role) => {
        const told = roleRepresentation(realm, role);
        if (!role.composite) return told;
        const parts = await this.bus.call(users.roleParts, { realmId: realm.id, roleId: role.id });
        const { realmRoles, clientRoles } = rolesByContainer(parts);
        return {
          ...told,
          composites: {
            ...(realmRoles.length > 0 ? { realm: realmRoles } : {}),
            ...(Object.keys(clientRoles).length > 0 ? { client: clientRoles } : {}),
          },
        };
      }),
    );
  }

  private async groupsBelow(realmId: string, parentId?: string): Promise<ExportedGroup[]> {
    const groups = await this.bus.call(users.searchGroups, { realmId, ...(parentId ? { parentId } : {}) });
    return Promise.all(groups.map((group) => this.group(realmId, group)));
  }

  private async group(
    realmId: string,
    { id, name, description, path, attributes, subGroupCount }: GroupView,
  ) {
    const holder = { kind: 'group', id } as const;
    const roles = await this.bus.call(users.rolesOf, { realmId, holder, which: 'direct' });
    const subGroups: ExportedGroup[] = subGroupCount > 0 ? await this.groupsBelow(realmId, id) : [];
    return {
      id,
      name,
      ...(description ? { description } : {}),
      path,
      attributes,
      ...rolesByContainer(roles),
      subGroups,
    };
  }
}
