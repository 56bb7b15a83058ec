import 'reflect-metadata';
import { serve } from '@tumbler/bus';
import { ConfigError, loadConfig } from '@tumbler/config';
import { flowsService } from './app.module.js';
import { FlowsConfig } from './config.js';

try {
  const config = loadConfig(FlowsConfig);
  await serve('flows', flowsService(config), config);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
