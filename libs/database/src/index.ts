export * from './open-database.js';
export * from './drift.js';
export * from './prepared.js';
export * from './passing.js';
export * from './storable.js';
