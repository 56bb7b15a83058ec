export * from './fresh-database.js';
export * from './fresh-nats.js';
export * from './nats.js';
