interface Entry<V> {
  value: V;
  size: number;
}

/** Keeps what was asked for last. */
export class LruCache<V> {
  /** The one that was asked for longest ago comes first. */
  private readonly entries = new Map<string, Entry<V>>();
  private size = 0;

  /** @param most characters of keys, and of values as JSON, that are kept. */
  constructor(private readonly most: number) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    this.forget(key);
    const size = key.length + JSON.stringify(value).length;
    this.entries.set(key, { value, size });
    this.size += size;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.most) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.size -= this.entries.get(key)?.size ?? 0;
    this.entries.delete(key);
  }
}
