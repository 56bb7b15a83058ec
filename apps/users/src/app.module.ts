import { Module, type DynamicModule } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import { platform } from '@tumbler/service';
import { AdministratorsHandlers } from './administrators/administrators.handlers.js';
import { ActionsHandlers } from './actions/actions.handlers.js';
import { ArrivalsHandlers } from './arrivals/arrivals.handlers.js';
import { UsersConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { GroupMembersHandlers } from './groups/group-members.handlers.js';
import { GroupsHandlers } from './groups/groups.handlers.js';
import { HealthHandlers } from './health.handlers.js';
import { MailPasswords } from './realms/mail-passwords.js';
import { ProfileHandlers } from './profile/profile.handlers.js';
import { RealmsHandlers } from './realms/realms.handlers.js';
import { ClientsHeard } from './roles/clients-heard.js';
import { AccountRolesHandlers } from './roles/account-roles.handlers.js';
import { RoleHoldersHandlers } from './roles/role-holders.handlers.js';
import { RoleMappingsHandlers } from './roles/role-mappings.handlers.js';
import { RolePartsHandlers } from './roles/role-parts.handlers.js';
import { RolesHandlers } from './roles/roles.handlers.js';
import { LoginsHandlers } from './users/logins.handlers.js';
import { UserFinder } from './users/user-finder.js';
import { UsersHandlers } from './users/users.handlers.js';

/** Everything that answers a question of the contract. */
export const handlers = [
  HealthHandlers,
  LoginsHandlers,
  AdministratorsHandlers,
  RealmsHandlers,
  UsersHandlers,
  RolesHandlers,
  AccountRolesHandlers,
  RolePartsHandlers,
  RoleHoldersHandlers,
  RoleMappingsHandlers,
  GroupsHandlers,
  GroupMembersHandlers,
  ProfileHandlers,
  ActionsHandlers,
  ArrivalsHandlers,
];

@Module({
  controllers: handlers,
  providers: [
    {
      provide: Keyring,
      useFactory: ({ TUMBLER_KEYS }: UsersConfig) => Keyring.fromText(TUMBLER_KEYS),
      inject: [UsersConfig],
    },
    MailPasswords,
    ClientsHeard,
    UserFinder,
  ],
})
class AppModule {}

/** The users service: it answers, and asks nobody. */
export function usersService(config: UsersConfig): DynamicModule {
  return { module: AppModule, imports: [platform({ name: 'users', config, entities, migrations })] };
}
