import type { AdminEventData } from './admin-event.js';
import type { ChangeEventMap } from './change-event.js';
import type { UserEventData, UserEventType } from './user-event.js';

/** The JetStream stream that holds every event. */
export const STREAM = 'AUTH_EVENTS';

/** Every type of event, with what its `data` holds. */
export type EventMap = { [T in UserEventType]: UserEventData } & { admin: AdminEventData } & ChangeEventMap;
export type EventType = keyof EventMap;

/** What a service tells: it becomes a CloudEvent when it is written to the outbox. */
export type Told =
  | { type: UserEventType; realmId: string; subject?: string; data: UserEventData }
  | {
      [T in Exclude<EventType, UserEventType>]: {
        type: T;
        realmId: string;
        subject?: string;
        data: EventMap[T];
      };
    }[Exclude<EventType, UserEventType>];

/** A CloudEvent 1.0 in JSON format, as it lies in the outbox and on the stream. */
export interface CloudEvent<T extends EventType = EventType> {
  specversion: '1.0';
  /** Unique; also the `Nats-Msg-Id`, so that an event that is sent twice is stored once. */
  id: string;
  /** `tumbler/<service>` */
  source: string;
  type: T;
  /** Whom it is about: a user id, mostly. */
  subject?: string;
  /** RFC 3339 */
  time: string;
  datacontenttype: 'application/json';
  /** Extension: the realm in which it happened. */
  realmid: string;
  data: EventMap[T];
}

/** NATS subject of an event: `auth.<realm id>.<type>`, e.g. `auth.9c0c….LOGIN_ERROR` or `auth.9c0c….user.removed`. */
export const subjectOf = (realmId: string, type: string): string => `auth.${realmId}.${type}`;

/** Subject filter over all realms: one type (`LOGIN`), the changes of one noun (`user.*`), or everything (`>`). */
export type EventFilter = EventType | 'realm.*' | 'user.*' | 'credential.*' | 'client.*' | '>';
export const everyRealm = (filter: EventFilter): string => `auth.*.${filter}`;
