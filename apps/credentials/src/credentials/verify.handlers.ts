import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { credentials, type Verified, type Verify } from '@tumbler/contract-credentials';
import { OtpCheck } from '../otp/otp-check.js';
import { PasswordCheck } from '../passwords/password-check.js';
import { RecoveryCodeCheck } from '../recovery-codes/recovery-code-check.js';

/** The question of every login. */
@Controller()
export class VerifyHandlers {
  constructor(
    private readonly passwords: PasswordCheck,
    private readonly otp: OtpCheck,
    private readonly recoveryCodes: RecoveryCodeCheck,
  ) {}

  @Answers(credentials.verify)
  async verify(question: Verify): Promise<Verified> {
    switch (question.type) {
      case 'password':
        return this.passwords.verify(question);
      case 'otp':
        return this.otp.verify(question);
      case 'recovery-authn-codes':
        return this.recoveryCodes.verify(question);
    }
  }
}
