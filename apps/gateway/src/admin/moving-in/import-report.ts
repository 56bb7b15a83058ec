import type { Findings } from './findings.js';
import type { ImportResult } from './plan.js';

/** Keycloak's PartialImportResponse, and what it has no words for. */
export interface ImportReport {
  /** Nothing was written. */
  dryRun?: true;
  added: number;
  skipped: number;
  overwritten: number;
  results: ImportResult[];
  /** What of the file is not here afterwards or does nothing here, each with its place and the reason. */
  notCarriedOver: { place: string; reason: string; kept?: true }[];
}

const MOST_TOLD = 10_000;

export function importReport(results: ImportResult[], findings: Findings, dryRun: boolean): ImportReport {
  const count = (action: ImportResult['action']) =>
    results.filter((result) => result.action === action).length;
  return {
    ...(dryRun ? { dryRun } : {}),
    added: count('ADDED'),
    skipped: count('SKIPPED'),
    overwritten: count('OVERWRITTEN'),
    results,
    notCarriedOver: findings.notCarriedOver.slice(0, MOST_TOLD).map(({ kind, place, message }) => ({
      place,
      reason: message,
      ...(kind === 'idle' ? { kept: true as const } : {}),
    })),
  };
}
