import { notFound } from '@tumbler/errors';

export const userNotFound = () => notFound('User not found');
