export * from './service.js';
export * from './actor.js';
export * from './health.js';
export * from './finding.js';
export * from './validate.js';
