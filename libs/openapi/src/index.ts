export * from './answers.js';
export * from './document.js';
export * from './read-api.js';
export { openApiPath } from './routes.js';
export { openSource, sourceFiles } from './source.js';
export * from './tumbler.js';
