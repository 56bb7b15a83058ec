export * from './answers.js';
export * from './bus.js';
export * from './nats-bus.js';
export * from './nats-server.js';
export * from './local-bus.js';
export * from './connection.js';
export * from './request-id.js';
export * from './serve.js';
