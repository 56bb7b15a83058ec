import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { credentials, type PasswordSet, type SetPassword } from '@tumbler/contract-credentials';
import { Outbox } from '@tumbler/events';
import { adminEvent } from '../credentials/admin-event.js';
import { PasswordHashes } from './password-hashes.js';
import { Passwords } from './passwords.js';

@Controller()
export class PasswordsHandlers {
  constructor(
    private readonly passwords: Passwords,
    private readonly hashes: PasswordHashes,
    private readonly outbox: Outbox,
  ) {}

  @Answers(credentials.setPassword)
  setPassword({ by, password, username, email, ...whose }: SetPassword): Promise<PasswordSet> {
    return this.hashes.admit(async () => {
      const prepared = await this.passwords.prepare(whose, password, { username, email });
      if ('key' in prepared) return { kind: 'refused', ...prepared };
      const credential = await this.outbox.transaction(async (tx, tell) => {
        const stored = await this.passwords.store(tx, tell, whose, prepared);
        await tell(
          ...adminEvent(whose.realmId, by, {
            operationType: 'ACTION',
            resourceType: 'USER',
            resourcePath: `users/${whose.userId}/reset-password`,
          }),
        );
        return stored;
      });
      return { kind: 'ok', credential };
    });
  }
}
