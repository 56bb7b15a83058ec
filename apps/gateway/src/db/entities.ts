import { OutboxRow } from '@tumbler/events';
import { ImportUnderWayRow } from '../admin/moving-in/import-under-way.entity.js';
import { ClientRow, RealmWithClientsRow } from '../oidc/clients/client.entity.js';
import { ConsentRow } from '../oidc/consents/consent.entity.js';
import { UserCodeGuessRow } from '../oidc/device/user-code-guess.entity.js';
import { ClientScopeRow } from '../oidc/clients/client-scope.entity.js';
import { SigningKeyRow } from '../oidc/keys/signing-key.entity.js';
import { AdapterSessionRow } from '../oidc/logout/adapter-session.entity.js';
import { LogoutNoticeRow } from '../oidc/logout/logout-notice.entity.js';
import { ArtifactRow } from '../oidc/provider/artifact.entity.js';
import { InitialAccessRow } from '../oidc/registration/initial-access.entity.js';
import { RefreshTokenRow } from '../oidc/tokens/refresh-token.entity.js';
import { SessionRow } from '../sessions/session.entity.js';

export const entities = [
  OutboxRow,
  SessionRow,
  SigningKeyRow,
  RefreshTokenRow,
  ClientRow,
  RealmWithClientsRow,
  ClientScopeRow,
  ArtifactRow,
  LogoutNoticeRow,
  AdapterSessionRow,
  ConsentRow,
  UserCodeGuessRow,
  ImportUnderWayRow,
  InitialAccessRow,
];
