// How much processor time the parts of a system have used, as Linux counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ), whatever the kernel's own clock is. */
const MS_PER_TICK = 10;
const PAGE_BYTES = 4096;

/**
 * Milliseconds of processor time, by part, of everything that this process has started: services by their names,
 * Postgres with all its backends, and NATS.
 * @returns {Record<string, number>}
 */
export function cpuByPart() {
  return sumByPart(({ ticks }) => ticks * MS_PER_TICK);
}

/**
 * Mebibytes of memory that each part has to itself; what Postgres' backends share is counted once for each of them.
 * @returns {Record<string, number>}
 */
export function memoryByPart() {
  return sumByPart(({ pages }) => (pages * PAGE_BYTES) / 2 ** 20);
}

function sumByPart(amount) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const byPid = new Map(processes.map((each) => [each.pid, each]));
  const sums = {};
  for (const each of processes) {
    const part = isOurs(each, byPid) && partOf(each, byPid);
    if (part) sums[part] = (sums[part] ?? 0) + amount(each);
  }
  return sums;
}

/** What was used between two readings. */
export const difference = (before, after) =>
  Object.fromEntries(Object.entries(after).map(([part, ms]) => [part, ms - (before[part] ?? 0)]));

function readProcess(name) {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program stands in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [
      {
        pid: Number(name),
        parent: Number(fields[1]),
        // Its own, and those of children that have ended: a connection of Postgres is a process, and comes and goes.
        ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
        pages: Number(fields[21]),
        command,
      },
    ];
  } catch {
    return []; // It has ended in the meantime.
  }
}

function isOurs({ parent }, byPid) {
  if (parent === process.pid) return true;
  const above = byPid.get(parent);
  return above !== undefined && isOurs(above, byPid);
}

function partOf({ command, parent }, byPid) {
  if (command.startsWith('/bin/sh')) return undefined;
  const [, service] = /apps\/(\w+)\/dist\/main\.js/.exec(command) ?? [];
  if (service) return service;
  const [, bare] = /bench\/bare\/service\.mjs (\w+)/.exec(command) ?? [];
  if (bare) return `bare ${bare}`;
  if (command.includes('nats-server')) return 'nats';
  if (command.startsWith('postgres:') || command.includes('bin/postgres ')) return 'postgres';
  const above = byPid.get(parent);
  return above && partOf(above, byPid);
}
