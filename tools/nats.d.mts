export const NATS_USERS: readonly string[];
export function natsPasswords(): Record<string, string>;

export interface RunningNats {
  url: string;
  /** The process: `kill` ends it as a crash would. */
  part: { kill(): void; ended(): Promise<number> };
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
export function startNats(options: {
  port: number;
  store: string;
  passwords: Record<string, string>;
  log?(name: string, text: string): void;
}): Promise<RunningNats>;
