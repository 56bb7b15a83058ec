/** Keeps what the processes of a system said, to be shown when a story fails. */
export function lastLinesOf(most = 200_000) {
  let kept = '';
  return {
    add: (name: string, text: string): void => {
      kept = (kept + text.replace(/^(?=.)/gm, `${name} | `)).slice(-most);
    },
    text: () => kept,
  };
}
