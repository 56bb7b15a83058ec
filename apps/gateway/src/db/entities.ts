import { OutboxRow } from '@tumbler/events';
import { SessionRow } from '../sessions/session.entity.js';

export const entities = [OutboxRow, SessionRow];
