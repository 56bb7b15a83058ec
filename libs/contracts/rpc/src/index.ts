export * from './service.js';
export * from './actor.js';
export * from './health.js';
export * from './validate.js';
