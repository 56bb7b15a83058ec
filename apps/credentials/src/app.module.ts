import { Module, type DynamicModule } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import { platform } from '@tumbler/service';
import { CredentialsConfig } from './config.js';
import { ArrivalsHandlers } from './arrivals/arrivals.handlers.js';
import { Accounts } from './credentials/accounts.js';
import { CredentialsHandlers } from './credentials/credentials.handlers.js';
import { Erasures } from './credentials/erasures.js';
import { SecondFactors } from './credentials/second-factors.js';
import { SetCredentialsHandlers } from './credentials/set-credentials.handlers.js';
import { VerifyHandlers } from './credentials/verify.handlers.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { HealthHandlers } from './health.handlers.js';
import { FailureBudgets } from './lockout/failure-budgets.js';
import { FailuresHandlers } from './lockout/failures.handlers.js';
import { Enrolments } from './otp/enrolments.js';
import { ExpiredEnrolments } from './otp/expired-enrolments.js';
import { OtpCheck } from './otp/otp-check.js';
import { OtpHandlers } from './otp/otp.handlers.js';
import { PasswordCheck } from './passwords/password-check.js';
import { PasswordHashes } from './passwords/password-hashes.js';
import { Passwords } from './passwords/passwords.js';
import { PasswordsHandlers } from './passwords/passwords.handlers.js';
import { PoliciesHandlers } from './policies/policies.handlers.js';
import { PendingRecoveryCodes } from './recovery-codes/pending-recovery-codes.js';
import { RecoveryCodeCheck } from './recovery-codes/recovery-code-check.js';
import { RecoveryCodesHandlers } from './recovery-codes/recovery-codes.handlers.js';
import { Vault } from './secrets/vault.js';

/** Everything that answers a question of the contract. */
export const handlers = [
  HealthHandlers,
  VerifyHandlers,
  OtpHandlers,
  RecoveryCodesHandlers,
  PasswordsHandlers,
  CredentialsHandlers,
  SetCredentialsHandlers,
  PoliciesHandlers,
  FailuresHandlers,
  ArrivalsHandlers,
];

@Module({
  controllers: handlers,
  providers: [
    {
      provide: Keyring,
      useFactory: ({ TUMBLER_KEYS }: CredentialsConfig) => Keyring.fromText(TUMBLER_KEYS),
      inject: [CredentialsConfig],
    },
    Vault,
    Accounts,
    FailureBudgets,
    PasswordHashes,
    Passwords,
    PasswordCheck,
    SecondFactors,
    OtpCheck,
    RecoveryCodeCheck,
    PendingRecoveryCodes,
    Enrolments,
    ExpiredEnrolments,
    Erasures,
  ],
})
class AppModule {}

/** The credentials service: it answers on the bus, and asks nobody. */
export function credentialsService(config: CredentialsConfig): DynamicModule {
  return {
    module: AppModule,
    imports: [platform({ name: 'credentials', config, entities, migrations })],
  };
}
