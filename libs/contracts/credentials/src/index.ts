export * from './credentials.contract.js';
export * from './credential.js';
export * from './verify.js';
export * from './otp.js';
export * from './recovery-codes.js';
export * from './password.js';
export * from './policy.js';
export * from './failures.js';
