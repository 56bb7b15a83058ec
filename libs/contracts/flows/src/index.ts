export * from './flows.contract.js';
export * from './form.js';
export * from './login.js';
export * from './flow.js';
export * from './flow-changes.js';
export * from './flow-problem.js';
export * from './authenticator-config.js';
export * from './audit.js';
