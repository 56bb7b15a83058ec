import { CreateSessions1795530000000 } from './migrations/1795530000000-create-sessions.js';
import { CreateTokens1795531000000 } from './migrations/1795531000000-create-tokens.js';
import { CreateClients1795640000000 } from './migrations/1795640000000-create-clients.js';
import { CreateOidcArtifacts1795641000000 } from './migrations/1795641000000-create-oidc-artifacts.js';
import { TellOfEndedSessions1795646000000 } from './migrations/1795646000000-tell-of-ended-sessions.js';
import { RotateSigningKeys1795651000000 } from './migrations/1795651000000-rotate-signing-keys.js';
import { QueueLogoutNotices1795652000000 } from './migrations/1795652000000-queue-logout-notices.js';
import { MarkManagementClients1795653000000 } from './migrations/1795653000000-mark-management-clients.js';
import { KeepLevels1795654840193 } from './migrations/1795654840193-keep-levels.js';
import { KeepOfflineSessions1795655000000 } from './migrations/1795655000000-keep-offline-sessions.js';
import { KeepConsents1795660000000 } from './migrations/1795660000000-keep-consents.js';
import { CountGuessesOfUserCodes1795665000000 } from './migrations/1795665000000-count-guesses-of-user-codes.js';
import { CreateClientScopes1795666000000 } from './migrations/1795666000000-create-client-scopes.js';
import { NoteImports1795670000000 } from './migrations/1795670000000-note-imports.js';
import { FindSessionsByIdAlone1795680000000 } from './migrations/1795680000000-find-sessions-by-id-alone.js';
import { KeyTokensByClient1795878900000 } from './migrations/1795878900000-key-tokens-by-client.js';
import { LetClientsRegister1795880000000 } from './migrations/1795880000000-let-clients-register.js';
import { CountUsesOfRefreshTokens1795880500000 } from './migrations/1795880500000-count-uses-of-refresh-tokens.js';
import { KeepAdapterSessions1795996500000 } from './migrations/1795996500000-keep-adapter-sessions.js';

/** In the order they were written. */
export const migrations = [
  CreateSessions1795530000000,
  CreateTokens1795531000000,
  CreateClients1795640000000,
  CreateOidcArtifacts1795641000000,
  TellOfEndedSessions1795646000000,
  RotateSigningKeys1795651000000,
  QueueLogoutNotices1795652000000,
  MarkManagementClients1795653000000,
  KeepLevels1795654840193,
  KeepOfflineSessions1795655000000,
  KeepConsents1795660000000,
  CountGuessesOfUserCodes1795665000000,
  CreateClientScopes1795666000000,
  NoteImports1795670000000,
  FindSessionsByIdAlone1795680000000,
  KeyTokensByClient1795878900000,
  LetClientsRegister1795880000000,
  CountUsesOfRefreshTokens1795880500000,
  KeepAdapterSessions1795996500000,
];
