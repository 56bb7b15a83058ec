const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * 3600_000;

type Params = Record<string, string | string[]>;

/** Turns `yyyy-MM-dd` (UTC) into milliseconds: `dateFrom` begins with its day, `dateTo` ends with it. */
export function withTimes(query: Params): Params {
  const { dateFrom, dateTo } = query;
  return {
    ...query,
    ...(isDay(dateFrom) ? { dateFrom: String(Date.parse(dateFrom)) } : {}),
    ...(isDay(dateTo) ? { dateTo: String(Date.parse(dateTo) + DAY_MS - 1) } : {}),
  };
}

/** What looks like a day and is none (`2026-02-31`) stays as it is, and is refused as no number. */
const isDay = (value: string | string[] | undefined): value is string =>
  typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value));
