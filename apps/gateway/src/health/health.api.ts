type State = 'UP' | 'DOWN';

/** Which of the parts that a login needs are there. */
interface Readiness {
  status: State;
  parts: Record<string, State>;
  /** What keeps the first administrator from being made. */
  problem?: string;
}

export interface HealthApi {
  'GET /health/ready': { 200: Readiness; 503: Readiness };
}
