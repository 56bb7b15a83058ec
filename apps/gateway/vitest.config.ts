import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import base from '../../vitest.base.js';

const describesApi = fileURLToPath(new URL('../../libs/openapi/src/global-setup.ts', import.meta.url));

export default mergeConfig(base, { test: { globalSetup: [describesApi] } });
