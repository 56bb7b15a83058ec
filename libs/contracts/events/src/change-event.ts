/** What services tell each other, in the past tense. Nobody waits for it; whoever keeps something about the noun cleans up. */
export interface ChangeEventMap {
  'realm.created': { name: string };
  'realm.changed': { name: string };
  'realm.removed': { name: string };
  'user.disabled': { userId: string };
  'user.removed': { userId: string };
  /** `id` is the client's own and does not change; `clientId` is the name it goes by. */
  'client.changed': { id: string; clientId: string };
  'client.removed': { id: string; clientId: string };
  /** Of a client scope: it was made, changed or removed. */
  'client.scope_changed': { id: string; name: string };
  'credential.created': { userId: string; credentialId: string; credentialType: string };
  'credential.removed': { userId: string; credentialId: string; credentialType: string };
}
