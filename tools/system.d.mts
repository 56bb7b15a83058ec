export type ServiceName = 'gateway' | 'flows' | 'users' | 'credentials';

export interface SystemOptions {
  /** Where the data is kept, absolute; made where it is missing. */
  folder: string;
  port: number;
  /** 127.0.0.1 unless told; anything else needs an `adminPassword`. */
  host?: string;
  /** An administrator's address of a Postgres that runs already; otherwise one is started. */
  databaseUrl?: string;
  /** A NATS that runs already, with the passwords of its users; otherwise one is started. */
  natsUrl?: string;
  natsPasswords?: Record<string, string>;
  adminName?: string;
  /** A random one is made where it is not given and this is the first start. */
  adminPassword?: string;
  /** More variables, for every service. */
  env?: Record<string, string>;
  /** How many processes of each service; one unless told. */
  instances?: Partial<Record<ServiceName, number>>;
  log?(name: string, text: string): void;
  announce?(text: string): void;
  /** Given at once, to stop what there is before all of it is there. */
  onStarting?(stop: () => Promise<void>): void;
  step?<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
}

export interface RunningPart {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface System {
  /** Of the first gateway. */
  url: string;
  urls: string[];
  natsUrl: string;
  databaseUrls: Record<ServiceName, string>;
  /** Of the users of NATS: the four services and `subscriber`. */
  passwords: Record<ServiceName | 'subscriber', string>;
  admin: { name: string; password?: string };
  madeAdminPassword: boolean;
  /** To stop one part and start it again, as an outage would. */
  service(name: ServiceName | 'postgres' | 'nats'): RunningPart;
  /** Waits until every gateway says it is ready. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

export function startSystem(options: SystemOptions): Promise<System>;
