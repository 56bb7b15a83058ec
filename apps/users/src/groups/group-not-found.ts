import { notFound } from '@tumbler/errors';

export const groupNotFound = () => notFound('Could not find group by id');
