// Where the program nats-server is. No npm package has it.
import { spawnSync } from 'node:child_process';
import { debianProgram, onPath } from './debian.mjs';
import { Problem } from './problem.mjs';

/** Finds it in NATS_SERVER, on PATH, or in Debian's package, which is fetched and not installed. */
export async function natsServer(say = () => {}) {
  const binary =
    process.env.NATS_SERVER ||
    onPath('nats-server') ||
    (await debianProgram('nats-server', 'usr/sbin/nats-server', say));
  if (!binary) {
    throw new Problem(
      'The program nats-server is needed and is not on PATH.\n' +
        'Debian, Ubuntu: sudo apt-get install nats-server     macOS: brew install nats-server\n' +
        'Elsewhere: put the binary of the NATS project on PATH, or name it: NATS_SERVER=/path/to/nats-server\n' +
        'Or use a server that runs already: NATS_URL=nats://host:4222 and NATS_PASSWORD_GATEWAY, _FLOWS, _USERS, _CREDENTIALS.',
    );
  }
  const { status, error } = spawnSync(binary, ['--version'], { stdio: 'ignore' });
  if (error || status !== 0)
    throw new Problem(`The program ${binary} does not run: is it nats-server, for this system?`);
  return binary;
}
