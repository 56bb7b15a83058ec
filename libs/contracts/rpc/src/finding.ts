/** What is the matter with one place in something that is handed in as a whole: `users[3].email`. */
export interface Finding {
  /**
   * `wrong`: it has to be put right first. `left_out`: the rest goes without it. `idle`: it is kept as it is, and does nothing
   * here.
   */
  kind: 'wrong' | 'left_out' | 'idle';
  place: string;
  /** A sentence, or the key of a text. Repeats nothing secret. */
  message: string;
}
