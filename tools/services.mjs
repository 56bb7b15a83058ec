// The services of Tumbler as processes: what each is told, and what happens when one ends by itself.
import { fileURLToPath } from 'node:url';
import { Part } from './part.mjs';
import { nodeForServices, OPTIONS_OF_SERVICES } from './runtime.mjs';

export const SERVICES = ['users', 'credentials', 'flows', 'gateway'];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const LAST_LINES = 15;
const HEALTHY_MS = 30_000;

/** Each service is told its own secrets and nobody else's. */
const SECRET = /^(DATABASE_URL|NATS_PASSWORD.*|TUMBLER_KEYS|TUMBLER_ADMIN_PASSWORD|TEST_.*)$/;

const programOf = (service) => fileURLToPath(new URL(`../apps/${service}/dist/main.js`, import.meta.url));

/** One service with all its instances. */
export class RunningService {
  #instances;
  #stopped = true;
  /** How often an instance has ended by itself, and what it said last. */
  failures = 0;
  lastWords = '';

  /**
   * @param {{ name: string, envs: Record<string, string>[], log: (name: string, text: string) => void,
   *   announce: (text: string) => void }} options one environment for each instance
   */
  constructor({ name, envs, log, announce }) {
    this.name = name;
    this.announce = announce;
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !SECRET.test(key)));
    const node = nodeForServices();
    this.#instances = envs.map((env, index) => {
      const command = [node, ...OPTIONS_OF_SERVICES, programOf(name)];
      const title = envs.length > 1 ? `${name}.${index + 1}` : name;
      return new Part({ name: title, command, env: { ...inherited, ...env }, log });
    });
  }

  async start() {
    this.#stopped = false;
    await Promise.all(this.#instances.map((part) => part.start()));
    for (const part of this.#instances) void this.#keepRunning(part);
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#instances.map((part) => part.stop()));
  }

  /** Ends every instance at once, as a crash would; they are started again. */
  kill() {
    for (const part of this.#instances) part.kill();
  }

  get running() {
    return this.#instances.every((part) => part.running);
  }

  /** Starts an instance again when it ends by itself, at first soon, then less and less often. */
  async #keepRunning(part, pause = FIRST_PAUSE_MS) {
    const born = Date.now();
    const status = await part.ended();
    if (this.#stopped) return;
    this.failures++;
    this.lastWords = part.tail.split('\n').slice(-LAST_LINES).join('\n');
    const next = Date.now() - born > HEALTHY_MS ? FIRST_PAUSE_MS : pause;
    this.announce(`${part.name} ended (status ${status}) and is started again in ${next / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, next).unref());
    if (this.#stopped || part.running) return;
    await part.start();
    void this.#keepRunning(part, Math.min(next * 2, LONGEST_PAUSE_MS));
  }
}
