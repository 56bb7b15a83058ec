import type { Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import { BlockList, isIPv6 } from 'node:net';

/** Addresses that cannot come from the internet (RFC 1918, RFC 4193, RFC 6890). */
const NEAR = new BlockList();
NEAR.addSubnet('127.0.0.0', 8);
NEAR.addSubnet('10.0.0.0', 8);
NEAR.addSubnet('172.16.0.0', 12);
NEAR.addSubnet('192.168.0.0', 16);
NEAR.addSubnet('169.254.0.0', 16);
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

/** Holds a request against the `sslRequired` of its realm: `external` lets this machine and its own network go without. */
export function demandHttps({ sslRequired }: Pick<Realm, 'sslRequired'>, request: FastifyRequest): void {
  if (sslRequired === 'none' || request.protocol === 'https') return;
  const isNear = NEAR.check(request.ip, isIPv6(request.ip) ? 'ipv6' : 'ipv4');
  if (sslRequired === 'all' || !isNear) throw new AppError('forbidden', { message: HTTPS_REQUIRED });
}

export const HTTPS_REQUIRED = 'HTTPS required';
