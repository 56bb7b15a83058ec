import { entriesAt, isEmpty, listAt, type Findings, type Json } from './findings.js';

const NO_DIRECTORIES = 'no directories outside, such as LDAP, are read here';
const NO_PROVIDERS = 'nobody signs in through another identity provider here';
const NO_ORGANIZATIONS = 'organizations are not offered here';
const NO_THEMES = 'pages look one way here';

/** Parts of a realm that stay where they are, with the reason. */
const STAYS: Record<string, string> = {
  identityProviders: NO_PROVIDERS,
  identityProviderMappers: NO_PROVIDERS,
  organizations: NO_ORGANIZATIONS,
  federatedUsers: NO_DIRECTORIES,
  userFederationProviders: NO_DIRECTORIES,
  userFederationMappers: NO_DIRECTORIES,
  clientPolicies: 'policies over clients are not offered here',
  clientProfiles: 'policies over clients are not offered here',
  adminPermissionsClient: 'fine-grained permissions of administrators are not offered here',
  localizationTexts: 'texts of one’s own are not offered here',
  protocolMappers: 'mappers belong to clients here',
  loginTheme: NO_THEMES,
  accountTheme: NO_THEMES,
  adminTheme: NO_THEMES,
  emailTheme: NO_THEMES,
};

/** What every realm elsewhere has of these says nothing about this one. */
const OF_EVERY_REALM = {
  components: new Set([
    'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy',
    'org.keycloak.userprofile.UserProfileProvider',
  ]),
};

const KEYS = 'org.keycloak.keys.KeyProvider';
const DIRECTORIES = 'org.keycloak.storage.UserStorageProvider';

/**
 * Tells of everything in a file that does not come along. `comes` says of a field whether it does, or is known to say
 * nothing; `otherwise` is why it does not, where there is no other reason.
 */
export function tellNotCarried(
  json: Json,
  comes: (field: string) => boolean,
  findings: Findings,
  otherwise = 'this is not known here',
): void {
  for (const [field, value] of Object.entries(json)) {
    if (isEmpty(value)) continue;
    if (field in TOLD_IN_PARTS) TOLD_IN_PARTS[field]!(value, findings);
    else if (Object.hasOwn(STAYS, field)) findings.leftOut(field, STAYS[field]!);
    if (!comes(field) && !(field in TOLD_IN_PARTS) && !Object.hasOwn(STAYS, field))
      findings.leftOut(field, otherwise);
  }
}

const TOLD_IN_PARTS: Record<string, (value: unknown, findings: Findings) => void> = {
  scopeMappings(value, findings) {
    for (const { place, item } of listAt(value, 'scopeMappings', findings)) {
      const { clientScope, client } = Object(item) as Json;
      if (clientScope === 'offline_access') continue;
      findings.leftOut(place, `which roles ${String(client ?? clientScope)} may see is not restricted here`);
    }
  },
  clientScopeMappings(value, findings) {
    for (const { key, item, place } of entriesAt(value, 'clientScopeMappings', findings)) {
      for (const { item: mapping, place: at } of listAt(item, place, findings)) {
        const { client, clientScope } = Object(mapping) as Json;
        if (key === 'account' && client === 'account-console') continue;
        findings.leftOut(at, `which roles ${String(client ?? clientScope)} may see is not restricted here`);
      }
    }
  },
  components(value, findings) {
    for (const { key: type, item, place } of entriesAt(value, 'components', findings)) {
      if (OF_EVERY_REALM.components.has(type)) continue;
      if (type === KEYS) {
        findings.leftOut(
          place,
          'keys are made anew: whoever checks signatures reads them from the realm’s certs',
        );
        continue;
      }
      for (const { item: component, place: at } of listAt(item, place, findings)) {
        const { name, providerId } = Object(component) as Json;
        const reason = type === DIRECTORIES ? NO_DIRECTORIES : 'providers of this type are not offered here';
        findings.leftOut(at, `${String(name ?? providerId)}: ${reason}`);
      }
    }
  },
};
