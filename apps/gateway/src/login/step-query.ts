/** Ids and codes are shorter than this; what is longer is none of ours and is not sent on. */
const LONGEST = 64;

export interface StepQuery {
  login: string;
  execution: string;
  code: string;
  /** What a step may look at, such as `mode=manual`. */
  rest: Record<string, string>;
}

/** Reads the address of a step. What is missing or makes no sense is empty, and then names no login. */
export function stepQuery(query: unknown): StepQuery {
  const all = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= LONGEST,
  );
  const {
    tab_id = '',
    execution = '',
    session_code = '',
    client_id: _client,
    kc_locale: _chosen,
    ui_locales: _wished,
    ...rest
  } = Object.fromEntries(all);
  return { login: tab_id, execution, code: session_code, rest };
}
