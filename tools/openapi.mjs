// Part of the build: writes the API's document down for the gateway (libs/openapi).
import { fileURLToPath } from 'node:url';
import { writeTumblerApi } from '../libs/openapi/dist/index.js';

writeTumblerApi(fileURLToPath(new URL('..', import.meta.url)));
