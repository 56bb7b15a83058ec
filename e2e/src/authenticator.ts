// A phone with an authenticator app: zbarimg is its camera and oathtool its app. Nothing of it is Tumbler's own code.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Reads the QR code in a picture of the page. */
export async function scan(picture: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tumbler-scan-'));
  try {
    const file = join(folder, 'page.png');
    await writeFile(file, picture);
    const { stdout } = await run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file]);
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export class Authenticator {
  readonly type: 'totp' | 'hotp';
  readonly secret: string;
  readonly issuer: string;
  readonly account: string;
  private readonly algorithm: string;
  private readonly digits: string;
  private readonly period: number;
  private counter: number;
  private lastStep = -1;

  constructor(uri: string) {
    const { protocol, host, pathname, searchParams } = new URL(uri);
    if (protocol !== 'otpauth:' || (host !== 'totp' && host !== 'hotp'))
      throw new Error('not an otpauth URI');
    const [issuer = '', account = ''] = pathname.slice(1).split(':').map(decodeURIComponent);
    this.type = host;
    this.issuer = issuer;
    this.account = account;
    this.secret = searchParams.get('secret') ?? '';
    this.algorithm = (searchParams.get('algorithm') ?? 'SHA1').toLowerCase();
    this.digits = searchParams.get('digits') ?? '6';
    this.period = Number(searchParams.get('period') ?? '30');
    this.counter = Number(searchParams.get('counter') ?? '0');
  }

  static async fromPicture(picture: Buffer): Promise<Authenticator> {
    return new Authenticator(await scan(picture));
  }

  /** The next code that was not used yet: like the person with the phone, waits until the app shows another one. */
  async freshCode(): Promise<string> {
    if (this.type === 'hotp') return this.generate(['--hotp', `--counter=${this.counter++}`]);
    while (this.step() <= this.lastStep) await new Promise((resolve) => setTimeout(resolve, 200));
    return this.codeNow();
  }

  /** What the app shows now, whether it was used or not. */
  async codeNow(): Promise<string> {
    const step = this.step();
    const code = await this.codeOf(step);
    this.lastStep = step;
    return code;
  }

  /** A code of the right form that this device does not show around now. */
  async wrongCode(): Promise<string> {
    const near = await Promise.all([-2, -1, 0, 1, 2, 3].map((away) => this.codeOf(this.step() + away)));
    for (let guess = 0; ; guess++) {
      const code = String(guess).padStart(Number(this.digits), '0');
      if (!near.includes(code)) return code;
    }
  }

  private step(): number {
    return Math.floor(Date.now() / 1000 / this.period);
  }

  private codeOf(step: number): Promise<string> {
    const now = new Date(step * this.period * 1000).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
    return this.generate([`--totp=${this.algorithm}`, `--time-step-size=${this.period}s`, `--now=${now}`]);
  }

  private async generate(options: string[]): Promise<string> {
    const { stdout } = await run('oathtool', [
      ...options,
      `--digits=${this.digits}`,
      '--base32',
      this.secret,
    ]);
    return stdout.trim();
  }
}
