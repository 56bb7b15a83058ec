export * from './flows.contract.js';
export * from './form.js';
export * from './login.js';
export * from './flow.js';
export * from './audit.js';
