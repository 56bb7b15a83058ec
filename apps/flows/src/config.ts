import { ServiceConfig } from '@tumbler/config';

export class FlowsConfig extends ServiceConfig {}
