export * from './fresh-database.js';
export * from './nats.js';
