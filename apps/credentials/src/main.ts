import 'reflect-metadata';
import { serve } from '@tumbler/bus';
import { ConfigError, loadConfig } from '@tumbler/config';
import { credentialsService } from './app.module.js';
import { CredentialsConfig } from './config.js';

try {
  const config = loadConfig(CredentialsConfig);
  await serve('credentials', credentialsService(config), config);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
