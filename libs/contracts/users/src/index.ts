export * from './users.contract.js';
export * from './realm.js';
export * from './login-user.js';
export * from './user.js';
export * from './role.js';
export * from './role-mapping.js';
export * from './group.js';
export * from './required-action.js';
