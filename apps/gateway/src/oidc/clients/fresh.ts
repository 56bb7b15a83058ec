import type { Clock } from '@tumbler/clock';

/** Keeps what was loaded for a short while: asked by many at once, it loads once. What could not be loaded is not kept. */
export class Fresh<T> {
  private readonly known = new Map<string, { value: Promise<T>; until: number }>();

  /** @param most more names than this are not kept: somebody tries names. */
  constructor(
    private readonly clock: Clock,
    private readonly milliseconds: number,
    private readonly most: number,
  ) {}

  get(name: string, load: () => Promise<T>): Promise<T> {
    const now = this.clock.now().getTime();
    const found = this.known.get(name);
    if (found && found.until > now) return found.value;
    if (this.known.size >= this.most) this.known.clear();
    const entry = { value: load(), until: now + this.milliseconds };
    this.known.set(name, entry);
    entry.value.catch(() => this.known.get(name) === entry && this.known.delete(name));
    return entry.value;
  }

  forget(name: string): void {
    this.known.delete(name);
  }

  clear(): void {
    this.known.clear();
  }
}
