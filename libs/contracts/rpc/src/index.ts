export * from './service.js';
export * from './actor.js';
export * from './health.js';
export * from './finding.js';
export { validated, type ValidateOptions } from './validate.js';
