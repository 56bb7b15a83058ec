import { USER_EVENTS } from '@tumbler/contract-events';
import type { AuditConfig } from '@tumbler/contract-flows';

/** Types that happen so often, and say so little, that they are kept only where somebody asks for them. */
const NOISY = new Set<string>(['REFRESH_TOKEN']);

/** What is kept where the realm names no types. */
export const DEFAULT_EVENT_TYPES: string[] = USER_EVENTS.filter((type) => !NOISY.has(type)).flatMap(
  (type) => [type, `${type}_ERROR`],
);

/**
 * What of the events is kept where a realm has not said otherwise. Keycloak keeps nothing; here it is kept from the first
 * login on, since an attack is looked into after it was noticed and the log of before cannot be had any more
 * (docs/decisions/0006). What administrators send is left out: it may hold personal data.
 */
const DEFAULT_AUDIT: Required<AuditConfig> = {
  eventsEnabled: true,
  eventsExpiration: 0,
  eventsListeners: ['jboss-logging'],
  enabledEventTypes: DEFAULT_EVENT_TYPES,
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: false,
};

export const auditConfigOf = (settings: AuditConfig = {}): Required<AuditConfig> => {
  const set = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const config = { ...DEFAULT_AUDIT, ...set };
  return config.enabledEventTypes.length > 0 ? config : { ...config, enabledEventTypes: DEFAULT_EVENT_TYPES };
};
