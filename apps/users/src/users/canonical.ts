export { canonical } from '@tumbler/contract-users';
