import { ServiceConfig } from '@tumbler/config';

export class UsersConfig extends ServiceConfig {}
