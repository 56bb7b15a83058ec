import { notFound } from '@tumbler/errors';

export const roleNotFound = () => notFound('Could not find role');
