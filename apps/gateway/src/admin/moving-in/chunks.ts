/** A message of the bus holds a megabyte; what is in it may grow on the way, and others want a turn between two. */
const MOST_BYTES = 256 * 1024;
const MOST_ITEMS = 500;

/** Cuts a list into pieces that each fit into a message. `weight` is how many of the others one counts for. */
export function* chunks<T>(items: Iterable<T>, weight: (item: T) => number = () => 1): Generator<T[]> {
  let chunk: T[] = [];
  let [bytes, count] = [0, 0];
  for (const item of items) {
    const size = JSON.stringify(item).length;
    const heavy = weight(item);
    if (chunk.length > 0 && (bytes + size > MOST_BYTES || count + heavy > MOST_ITEMS)) {
      yield chunk;
      [chunk, bytes, count] = [[], 0, 0];
    }
    chunk.push(item);
    bytes += size;
    count += heavy;
  }
  if (chunk.length > 0) yield chunk;
}
