export * from './outbox.js';
export * from './outbox.entity.js';
export * from './relay.js';
export * from './stream.js';
export * from './subscribe.js';
export * from './hear.js';
