import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users, type Realm } from '@tumbler/contract-users';
import { CLAIMS_OF_SCOPES, type ClientScope } from '../clients/built-in-scopes.js';
import { ClientScopes, scopesOf } from '../clients/client-scopes.js';
import type { ProtocolMapper } from '../clients/client-settings.js';
import type { TokenSubject } from './claims.js';
import { asksForGroups, type Mapped } from './protocol-mappers.js';

/** What the claims of one token are made of. */
export interface Facts extends Mapped {
  /** The scopes that have their effect on it. */
  scopes: ClientScope[];
  /** Theirs, and the client's own. */
  mappers: ProtocolMapper[];
  /** For claims that were asked for by their names: those of the scopes that stand for standard claims. */
  known: ProtocolMapper[];
}

/** Gathers what mappers make claims of, and asks others only for what a mapper wants. */
@Injectable()
export class MappedFacts {
  constructor(
    private readonly bus: Bus,
    private readonly scopes: ClientScopes,
  ) {}

  async of(realm: Pick<Realm, 'id'>, { user, client, scope, session, asked }: TokenSubject): Promise<Facts> {
    const all = await this.scopes.ofRealm(realm);
    const isAsked = asked && Object.values(asked).some((names) => names.length > 0);
    const standard = isAsked ? all.filter(({ name }) => Object.hasOwn(CLAIMS_OF_SCOPES, name)) : [];
    const [has, mayBeNamed] = await Promise.all([
      this.permitted(realm, scopesOf(client, all, scope), user),
      this.permitted(realm, standard, user),
    ]);
    const mappers = [...has.flatMap(({ protocolMappers }) => protocolMappers), ...client.protocolMappers];
    const [told, groups] = await Promise.all([
      this.toldRoles(realm, client, has, user),
      mappers.some(asksForGroups)
        ? this.bus.call(users.groupsOfUser, { realmId: realm.id, userId: user.id })
        : [],
    ]);
    return {
      ...{ user, client, scopes: has, mappers, ...told },
      known: mayBeNamed.flatMap(({ protocolMappers }) => protocolMappers),
      groups: groups.map(({ path }) => path),
      notes: session ? { AUTH_TIME: String(session.authTime) } : { client_id: client.clientId },
    };
  }

  /** A scope that has roles is for users who have one of them. */
  private async permitted(
    realm: Pick<Realm, 'id'>,
    scopes: ClientScope[],
    user: TokenSubject['user'],
  ): Promise<ClientScope[]> {
    const may = await Promise.all(
      scopes.map(async ({ roles }) => {
        if (roles.length === 0) return true;
        const unfolded = await this.scopes.unfold(realm, roles);
        return unfolded.some(({ name, client }) =>
          client ? user.clientRoles?.[client.name]?.includes(name) : user.roles.includes(name),
        );
      }),
    );
    return scopes.filter((_scope, i) => may[i]);
  }

  /** RFC 9700 §2.3: a client without the full scope is told of its own roles, and of those that it was given to know. */
  private async toldRoles(
    realm: Pick<Realm, 'id'>,
    { clientId, fullScopeAllowed, scopeRoles }: TokenSubject['client'],
    scopes: ClientScope[],
    { roles, clientRoles = {} }: TokenSubject['user'],
  ): Promise<Pick<Mapped, 'roles' | 'clientRoles'>> {
    if (fullScopeAllowed) return { roles, clientRoles };
    const given = await this.scopes.unfold(realm, [...scopeRoles, ...scopes.flatMap((scope) => scope.roles)]);
    const knows = (name: string, of?: string) =>
      given.some((role) => role.name === name && role.client?.name === of);
    const ofClients = Object.entries(clientRoles).map(
      ([of, names]) => [of, of === clientId ? names : names.filter((name) => knows(name, of))] as const,
    );
    return {
      roles: roles.filter((name) => knows(name)),
      clientRoles: Object.fromEntries(ofClients.filter(([, names]) => names.length > 0)),
    };
  }
}
