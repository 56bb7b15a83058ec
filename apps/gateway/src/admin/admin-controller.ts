import {
  applyDecorators,
  Controller,
  createParamDecorator,
  UseFilters,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import { AdminGuard } from './admin.guard.js';
import { KeycloakErrorsFilter } from './keycloak-errors.filter.js';

/** A controller of the admin API: behind the guard, with Keycloak's way of telling errors. */
export const AdminController = (...paths: string[]) =>
  applyDecorators(
    Controller(paths.map((path) => `admin/${path}`)),
    UseGuards(AdminGuard),
    UseFilters(KeycloakErrorsFilter),
  );

/** The administrator who asks, as the audit log will name them. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!actor) throw new AppError('unauthorized');
  return actor;
});
