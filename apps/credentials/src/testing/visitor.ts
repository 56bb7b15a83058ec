import { randomUUID } from 'node:crypto';
import type { Bus } from '@tumbler/bus';
import { credentials, type BegunOtp, type ConfirmOtp, type Verify } from '@tumbler/contract-credentials';
import { codeAt, fromBase32 } from '../otp/codes.js';
import type { OtpParameters } from '../otp/parameters.js';

/** Somebody with an account, who sets apps up and types codes. */
export class Visitor {
  readonly userId = randomUUID();

  constructor(
    private readonly bus: Bus,
    readonly realmId: string,
  ) {}

  get who() {
    return { realmId: this.realmId, userId: this.userId };
  }

  begin(loginId: string = randomUUID()): Promise<BegunOtp & { loginId: string }> {
    const asked = { ...this.who, loginId, issuer: 'Acme', account: 'ann' };
    return this.bus.call(credentials.beginOtp, asked).then((begun) => ({ ...begun, loginId }));
  }

  confirm(loginId: string, code: string, more: Partial<ConfirmOtp> = {}) {
    const attempt = randomUUID();
    return this.bus.call(credentials.confirmOtp, { ...this.who, loginId, code, attempt, ...more });
  }

  /** Sets an app up with the code of a step, or counter. */
  async enrol(step: number, label?: string): Promise<App> {
    const begun = await this.begin();
    const app = new App(begun);
    const { verdict, credentialId } = await this.confirm(begun.loginId, app.code(step), { label });
    if (verdict !== 'ok') throw new Error(`The app was not set up: ${verdict}`);
    app.id = credentialId!;
    return app;
  }

  verify(input: string, more: Partial<Verify> = {}, bus: Bus = this.bus) {
    return bus.call(credentials.verify, {
      ...this.who,
      type: 'otp',
      input,
      attempt: randomUUID(),
      ...more,
    });
  }
}

/** An authenticator app. */
export class App {
  id = '';

  constructor(private readonly begun: BegunOtp) {}

  code(step: number): string {
    const { type, algorithm, digits, period, initialCounter } = this.begun.policy;
    const parameters: OtpParameters = { subType: type, algorithm, digits, period, counter: initialCounter };
    return codeAt(fromBase32(this.begun.secret), parameters, step);
  }
}
