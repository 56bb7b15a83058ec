import { messageSuite } from '@tumbler/contract-rpc/testing';
import { TokenRequest } from './token-request.js';

messageSuite(TokenRequest);
