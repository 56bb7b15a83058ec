import { Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { BusConfig } from './connection.js';
import { LEAVING, Log } from './log.js';
import { NatsServer } from './nats-server.js';

/**
 * Starts a service that answers on the bus. Instances of the same service share its work through one queue group.
 * Ends in good order on SIGTERM and SIGINT: what was taken is answered before the process leaves.
 */
export async function serve(name: string, module: Type | object, config: BusConfig): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module as Type, {
    strategy: new NatsServer(name, config),
    logger: new Log(),
  });
  app.enableShutdownHooks(undefined, LEAVING);
  await app.listen();
  new Logger(name).log('answers on the bus');
}
