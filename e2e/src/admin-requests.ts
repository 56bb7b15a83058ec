import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { system } from './world.js';

/** A request to the admin API that the official client has no name for, or types differently. */
export async function ask<T = unknown>(admin: KcAdminClient, method: string, path: string, body?: unknown) {
  const response = await fetch(`${system.url}/admin/realms${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await admin.getAccessToken()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T };
}
