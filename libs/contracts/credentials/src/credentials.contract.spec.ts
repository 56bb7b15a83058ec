import { contractSuite } from '@tumbler/contract-rpc/testing';
import { credentials } from './credentials.contract.js';

contractSuite(credentials);
