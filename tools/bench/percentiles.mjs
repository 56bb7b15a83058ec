/**
 * @param {number[]} values in any order
 * @returns the value below which `share` (0…1) of the values lie
 */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** `p50 1.2 ms, p99 3.4 ms` */
export const spread = (milliseconds) =>
  `p50 ${percentile(milliseconds, 0.5).toFixed(1)} ms, p99 ${percentile(milliseconds, 0.99).toFixed(1)} ms`;
