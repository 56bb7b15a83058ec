import type { PolicySettings } from '@tumbler/contract-credentials';
import type { AuditConfig, BindingSettings, ConfigView, FlowView } from '@tumbler/contract-flows';
import type { RealmSettings } from '@tumbler/contract-users';
import type { ClientBody } from './clients/client.representation.js';
import type { GroupBody } from './groups/group.representation.js';
import type { KeycloakErrors } from './keycloak-errors.js';
import type { ActionBody } from './required-action.representation.js';
import type { NamedRole, RoleBody } from './roles/role.representation.js';
import type { UserBody } from './user.representation.js';

/** A realm as an administrator hands one in. Absent keeps what is there. */
interface RealmBody extends RealmSettings, PolicySettings, BindingSettings, AuditConfig {
  id?: string;
  /** The name, which addresses hold. */
  realm?: string;
}

/** The names of roles that somebody has: of the realm, and of each client by its name. */
interface RolesByName {
  realmRoles?: string[];
  clientRoles?: Record<string, string[]>;
}

/** A user with everything that belongs to one. Hashes of passwords and secrets of codes come along as they are. */
interface UserInFile extends UserBody, RolesByName {
  id?: string;
  /** Milliseconds since 1970. */
  createdTimestamp?: number;
  /** The client that the user is when it acts for itself. */
  serviceAccountClientId?: string;
}

interface GroupInFile extends GroupBody, RolesByName {
  subGroups?: GroupInFile[];
}

/** What comes into a realm, whether it is new or there. */
interface Contents {
  roles?: { realm?: RoleBody[]; client?: Record<string, RoleBody[]> };
  groups?: GroupInFile[];
  users?: UserInFile[];
  clients?: ClientBody[];
}

interface PartialImport extends Contents {
  /** What to do about what is there by the same name. */
  ifResourceExists?: 'FAIL' | 'SKIP' | 'OVERWRITE';
}

/** A settings object of a step. */
interface ConfigInFile extends ConfigView {
  id: string;
}

/** A whole realm, as Keycloak exports one. What cannot come along is told in the answer. */
interface RealmFileBody extends RealmBody, Contents {
  requiredActions?: ActionBody[];
  authenticationFlows?: FlowView[];
  authenticatorConfig?: ConfigInFile[];
  /** Every new user has it. */
  defaultRole?: RoleBody;
  /** Paths of groups that every new user is in. */
  defaultGroups?: string[];
  /** Of these, the profile of users. */
  components?: Record<string, unknown[]>;
}

/** Nothing, to take all of them. */
interface Revoke {
  body?: NamedRole[];
}

/** Days as `yyyy-MM-dd` (UTC), or milliseconds since 1970. */
interface Dates {
  dateFrom?: string;
  dateTo?: string;
}

/** A key store (RFC 7292). */
interface Download {
  file: string;
}

interface Upload {
  upload: KeyFile;
  413: KeycloakErrors['payload_too_large'];
}

interface KeyFile {
  keystoreFormat: 'Certificate PEM' | 'Public Key PEM' | 'JSON Web Key Set';
  /** The file, as text. */
  file: string;
}

/** OpenAPI 3.1. */
interface OpenApi {
  openapi: string;
  [name: string]: unknown;
}

/** What a method cannot say of what it takes or answers. */
export interface AdminApi {
  'GET /admin/openapi.json': {
    200: OpenApi;
    304: void;
  };
  'POST /admin/realms': { body: RealmFileBody };
  'POST /admin/realms/{realm}/partialImport': { body: PartialImport };
  'PUT /admin/realms/{realm}': { body: RealmBody };
  'DELETE /admin/realms/{realm}/users/{holder}/role-mappings/realm': Revoke;
  'DELETE /admin/realms/{realm}/users/{holder}/role-mappings/clients/{client}': Revoke;
  'DELETE /admin/realms/{realm}/groups/{holder}/role-mappings/realm': Revoke;
  'DELETE /admin/realms/{realm}/groups/{holder}/role-mappings/clients/{client}': Revoke;
  'POST /admin/realms/{realm}/clients/{client}/certificates/{attr}/upload': Upload;
  'POST /admin/realms/{realm}/clients/{client}/certificates/{attr}/upload-certificate': Upload;
  'POST /admin/realms/{realm}/clients/{client}/certificates/{attr}/download': { 200: Download };
  'POST /admin/realms/{realm}/clients/{client}/certificates/{attr}/generate-and-download': { 200: Download };
  'GET /admin/realms/{realm}/users/count': { 200: number };
  'PUT /admin/realms/{realm}/users/{id}/credentials/{credentialId}/userLabel': { text: string };
  'GET /admin/realms/{realm}/events': { query: Dates };
  'GET /admin/realms/{realm}/admin-events': { query: Dates };
}
