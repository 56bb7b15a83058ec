import type { LocalBus } from '@tumbler/bus';
import { credentials, type ArrivingOwner } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { users, type ArrivalPart } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { StubPeople } from './stub-people.js';
import { testRealm } from './stub-services.js';

/** What imports ask of the services behind the gateway: they keep it, and examine nothing. */
export class StubArrivals {
  /** What was laid down and has not arrived, by its id. */
  readonly laidDown = new Map<string, ArrivalPart[]>();
  readonly arrived: ArrivalPart[] = [];
  /** Users whose credentials are kept, by realm. */
  readonly owners = new Map<string, ArrivingOwner[]>();
  readonly flowsOf = new Set<string>();
  /** Ids that somebody has. */
  readonly taken = new Set<string>();
  /** Lets a realm arrive, and nobody hear of it. */
  losesTheAnswer = false;

  constructor(bus: LocalBus, people: StubPeople) {
    bus.stub(users.taken, ({ ids = [] }) => ({
      users: [],
      ids: ids.filter((id) => this.taken.has(id) || people.realms.some((realm) => realm.id === id)),
    }));
    bus.stub(users.examineArrival, () => ({ findings: [] }));
    bus.stub(users.stageArrival, ({ arrivalId, part }) => {
      this.laidDown.set(arrivalId, [...(this.laidDown.get(arrivalId) ?? []), part]);
      return {};
    });
    bus.stub(users.arrive, ({ arrivalId, realmId, realm }) => {
      this.arrived.push(...(this.laidDown.get(arrivalId) ?? []));
      this.laidDown.delete(arrivalId);
      if (realm) {
        const { name, settings } = realm;
        people.realms.push(testRealm({ displayName: undefined, ...settings, id: realmId, name }));
      }
      if (this.losesTheAnswer) throw new AppError('service_unavailable');
      return {};
    });
    bus.stub(users.abandonArrival, ({ arrivalId }) => ({ abandoned: this.laidDown.delete(arrivalId) }));
    bus.stub(credentials.examine, ({ passwordPolicy }) => ({ findings: [], passwordPolicy }));
    bus.stub(credentials.adopt, ({ realmId, owners }) => {
      this.owners.set(realmId, [...(this.owners.get(realmId) ?? []), ...owners]);
      return {};
    });
    bus.stub(credentials.disown, ({ realmId, userIds }) => {
      const left = (this.owners.get(realmId) ?? []).filter(
        ({ userId }) => userIds && !userIds.includes(userId),
      );
      this.owners.set(realmId, left);
      return {};
    });
    bus.stub(flows.examineFlows, () => ({ findings: [] }));
    bus.stub(flows.arriveFlows, ({ realmId }) => {
      this.flowsOf.add(realmId);
      return { flows: [] };
    });
    bus.stub(flows.disownFlows, ({ realmId }) => {
      this.flowsOf.delete(realmId);
      return {};
    });
  }
}
