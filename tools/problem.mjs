/** Something that whoever types the command can put right. The message says what to do; no stack is shown. */
export class Problem extends Error {}

/** Ends the program with one message: what to do about a {@link Problem}, or the stack of what nobody foresaw. */
export function fail(error) {
  const text = error instanceof Problem ? error.message : (error?.stack ?? String(error));
  process.stderr.write(`\n✖ ${text.trim().split('\n').join('\n  ')}\n`);
  process.exitCode = 1;
}
