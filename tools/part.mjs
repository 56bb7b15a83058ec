// One process of the system: a server or a service. It ends with whoever started it, however they end.
import { spawn } from 'node:child_process';

const TAIL = 6_000;
const PATIENCE_MS = 15_000;

/**
 * Runs a program for as long as the other end of this shell's standard input is held. A starter that crashes, or is
 * killed and can no longer stop anybody, lets go of it, and the program is told to stop all the same.
 */
const WITH_STARTER = `
signal=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & program=$!
{ read -r _ <&3; kill -"$signal" "$program"; sleep 10; kill -KILL "$program"; } >/dev/null 2>&1 &
trap 'kill -"$signal" "$program"' TERM INT HUP
wait "$program"; status=$?
if [ "$status" -gt 128 ] && kill -0 "$program" 2>/dev/null; then wait "$program"; status=$?; fi
trap '' TERM; exec 2>/dev/null; kill -TERM 0
exit "$status"`;

export class Part {
  #child;
  #ended;
  #output = '';
  #watchers = new Set();

  /**
   * @param {{ name: string, command: string[], env?: NodeJS.ProcessEnv, signal?: string, uid?: number, gid?: number,
   *   log?: (name: string, text: string) => void }} options `signal` is what makes the program stop in good order.
   */
  constructor({ name, command, env = process.env, signal = 'TERM', uid, gid, log = () => {} }) {
    this.name = name;
    this.options = { command, env, signal, uid, gid, log };
  }

  get running() {
    return this.#child !== undefined;
  }

  /** What the process said last. */
  get tail() {
    return this.#output.trim();
  }

  /** Starts the process and waits until it says `ready`; without `ready`, only until it is there. */
  async start(ready, deadlineMs = 60_000) {
    const { command, env, signal, uid, gid, log } = this.options;
    this.#output = '';
    // In a process group of its own: Ctrl-C at a terminal reaches a whole group, and servers must outlive services.
    const child = spawn('/bin/sh', ['-c', WITH_STARTER, this.name, signal, ...command], {
      env,
      uid,
      gid,
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (status) => {
        if (this.#child === child) this.#child = undefined;
        resolve(status);
        for (const watch of this.#watchers) watch();
      };
      child.once('close', end);
      child.once('error', (error) => {
        this.#output += error.message;
        end(1);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output = (this.#output + text).slice(-TAIL);
        log(this.name, text);
        for (const watch of this.#watchers) watch();
      });
    }
    if (ready) await this.#says(ready, deadlineMs);
  }

  /** Answers the exit status when the process has ended. */
  ended() {
    return this.#ended ?? Promise.resolve(0);
  }

  /** Asks the process to stop, and ends it when it does not. */
  async stop() {
    const child = this.#child;
    if (!child) return;
    child.stdin.end();
    const timer = setTimeout(() => this.kill(), PATIENCE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends the process at once, as a crash would. */
  kill() {
    try {
      if (this.#child) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It has ended in the meantime.
    }
  }

  #says(text, deadlineMs) {
    return new Promise((resolve, reject) => {
      const settle = (result) => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        result instanceof Error ? reject(result) : resolve();
      };
      const watch = () => {
        if (this.#output.includes(text)) settle();
        else if (!this.running) settle(new Error(`${this.name} ended at once:\n${this.tail}`));
      };
      const timer = setTimeout(
        () => settle(new Error(`${this.name} is not ready after ${deadlineMs / 1000} s:\n${this.tail}`)),
        deadlineMs,
      );
      this.#watchers.add(watch);
      watch();
    });
  }
}
