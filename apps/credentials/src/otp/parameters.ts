import type { OtpPolicy } from '@tumbler/contract-credentials';

/**
 * How the codes of one credential are made. Taken from the realm's policy at enrolment and kept for life: a later policy
 * must not break the apps that are out there (U-08). The names are those of Keycloak's `credentialData`.
 */
export interface OtpParameters {
  subType: OtpPolicy['type'];
  algorithm: OtpPolicy['algorithm'];
  digits: OtpPolicy['digits'];
  /** Seconds of a time step. */
  period: number;
  /** HOTP: the first counter. */
  counter: number;
}

export const frozen = (policy: OtpPolicy): OtpParameters => ({
  subType: policy.type,
  algorithm: policy.algorithm,
  digits: policy.digits,
  period: policy.period,
  counter: policy.initialCounter,
});

/** The last step that counts as spent before the first code was seen. */
export const unspent = ({ subType, counter }: Pick<OtpParameters, 'subType' | 'counter'>): number =>
  subType === 'hotp' ? counter - 1 : -1;

export const policyOf = (parameters: OtpParameters, lookAroundWindow: number): OtpPolicy => ({
  type: parameters.subType,
  algorithm: parameters.algorithm,
  digits: parameters.digits,
  lookAroundWindow,
  period: parameters.period,
  initialCounter: parameters.counter,
});
