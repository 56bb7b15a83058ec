import { contractSuite } from '@tumbler/contract-rpc/testing';
import { flows } from './flows.contract.js';

contractSuite(flows);
