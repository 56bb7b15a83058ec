// For tests: what a running server answers, held against the document. Needs no compiler.
export type { Document } from '../document.js';
export * from './answer-check.js';
export * from './open-api-path.js';
export * from './written-api.js';
