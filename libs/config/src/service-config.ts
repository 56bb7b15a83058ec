import { IsString, Matches } from 'class-validator';

/** What every service needs to live: its database and its place on the bus. Each service adds its own to these. */
export class ServiceConfig {
  /** The service's own database, with its own role. */
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must be a postgres:// address' })
  DATABASE_URL: string = '';

  /** The NATS server, without credentials. */
  @Matches(/^(nats|tls):\/\//, { message: 'NATS_URL must be a nats:// or tls:// address' })
  NATS_URL: string = 'nats://127.0.0.1:4222';

  /** The service's own NATS user: it may answer its own subjects and ask only those it is meant to ask. */
  @IsString()
  NATS_USER: string = '';

  @IsString()
  NATS_PASSWORD: string = '';
}
