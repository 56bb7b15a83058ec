/** `key:value "another key":"another value"`, as the `q` of a search says which attributes are looked for. */
export function pairsOf(q: string): [string, string][] {
  const pairs = q.matchAll(/(?:"([^"]+)"|([^\s:"]+)):(?:"([^"]*)"|(\S*))/g);
  return [...pairs].map(([, quotedKey, key, quotedValue, value]) => [
    quotedKey ?? key ?? '',
    quotedValue ?? value ?? '',
  ]);
}
