import { contractSuite } from '@tumbler/contract-rpc/testing';
import { users } from './users.contract.js';

contractSuite(users);
