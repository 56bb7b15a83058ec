// The protocol mappers of one holder: no two of them have the same name or the same id.
import { conflict } from '@tumbler/errors';
import type { ProtocolMapper } from '../../oidc/clients/client-settings.js';

/** Throws `conflict`. */
export function mustBeFree(mappers: ProtocolMapper[], { id, name }: ProtocolMapper): void {
  if (mappers.some((each) => each.name === name)) throw conflict('Protocol mapper exists with same name');
  if (mappers.some((each) => each.id === id)) throw conflict('Protocol mapper exists with same id');
}

/** Throws `conflict`. */
export function withMappers(mappers: ProtocolMapper[], added: ProtocolMapper[]): ProtocolMapper[] {
  const all = [...mappers];
  for (const mapper of added) {
    mustBeFree(all, mapper);
    all.push(mapper);
  }
  return all;
}

/** Those that take the place of `before`: whatever says no id of its own keeps the one that its name had. Throws `conflict`. */
export function replacing(before: ProtocolMapper[], mappers: ProtocolMapper[]): ProtocolMapper[] {
  const said = new Set(mappers.map(({ id }) => id));
  const isKnown = (id: string) => before.some((each) => each.id === id);
  const kept = mappers.map((mapper) => {
    const namesake = before.find(({ name }) => name === mapper.name);
    const takesOver = namesake && !isKnown(mapper.id) && !said.has(namesake.id);
    return takesOver ? { ...mapper, id: namesake.id } : mapper;
  });
  return withMappers([], kept);
}
