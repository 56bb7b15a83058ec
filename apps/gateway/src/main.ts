import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { ConfigError, loadConfig } from '@tumbler/config';
import { gateway } from './app.module.js';
import { GatewayConfig } from './config.js';
import { createHttp } from './http/create-http.js';

try {
  const config = loadConfig(GatewayConfig);
  const app = await createHttp(gateway(config), config);
  await app.listen(config.PORT, config.HOST);
  new Logger('gateway').log(`answers at ${config.publicUrl}`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
