import type { PolicySettings } from '@tumbler/contract-credentials';
import type { AuditConfig, BindingSettings } from '@tumbler/contract-flows';
import type { RealmSettings } from '@tumbler/contract-users';
import type { ActionBody } from './required-action.representation.js';
import type { UserBody } from './user.representation.js';

/** A realm as an administrator hands one in. Absent keeps what is there. */
interface RealmBody extends RealmSettings, PolicySettings, BindingSettings, AuditConfig {
  id?: string;
  /** The name, which addresses hold. */
  realm?: string;
  /** Of a new realm only. */
  users?: UserBody[];
  requiredActions?: ActionBody[];
}

/** Days as `yyyy-MM-dd` (UTC), or milliseconds since 1970. */
interface Dates {
  dateFrom?: string;
  dateTo?: string;
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
  'POST /admin/realms': { body: RealmBody };
  'PUT /admin/realms/{realm}': { body: RealmBody };
  'GET /admin/realms/{realm}/users/count': { 200: number };
  'PUT /admin/realms/{realm}/users/{id}/credentials/{credentialId}/userLabel': { text: string };
  'GET /admin/realms/{realm}/events': { query: Dates };
  'GET /admin/realms/{realm}/admin-events': { query: Dates };
}
