export * from './document.js';
export * from './read-api.js';
export { openSource } from './source.js';
export * from './tumbler.js';
