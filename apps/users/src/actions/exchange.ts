interface Placed {
  providerId: string;
  priority: number;
}

const STEP = 10;

/**
 * The priorities to write so that the action at `index` changes places with its neighbour; none at the end of the list.
 * Two that share a priority cannot exchange it, which elsewhere loses the move in silence (keycloak#35765): then the whole
 * list gets new numbers.
 */
export function exchanged(actions: readonly Placed[], index: number, by: -1 | 1): Placed[] {
  const moved = actions[index];
  const neighbour = actions[index + by];
  if (!moved || !neighbour) return [];
  if (moved.priority !== neighbour.priority) {
    return [
      { providerId: moved.providerId, priority: neighbour.priority },
      { providerId: neighbour.providerId, priority: moved.priority },
    ];
  }
  const order = actions.with(index, neighbour).with(index + by, moved);
  return order.map(({ providerId }, place) => ({ providerId, priority: (place + 1) * STEP }));
}
