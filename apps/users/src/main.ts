import 'reflect-metadata';
import { serve } from '@tumbler/bus';
import { ConfigError, loadConfig } from '@tumbler/config';
import { usersService } from './app.module.js';
import { UsersConfig } from './config.js';

try {
  const config = loadConfig(UsersConfig);
  await serve('users', usersService(config), config);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
