export * from './cloud-event.js';
export * from './user-event.js';
export * from './admin-event.js';
export * from './change-event.js';
