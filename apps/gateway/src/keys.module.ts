import { Module } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import { GatewayConfig } from './config.js';

/** The keys of the gateway, for whoever seals or signs. */
@Module({
  providers: [
    {
      provide: Keyring,
      useFactory: ({ TUMBLER_KEYS }: GatewayConfig) => Keyring.fromText(TUMBLER_KEYS),
      inject: [GatewayConfig],
    },
  ],
  exports: [Keyring],
})
export class KeysModule {}
