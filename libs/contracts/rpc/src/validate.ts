import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { AppError } from '@tumbler/errors';
import { instanceIfRight } from './compiled-class.js';
import type { Payload } from './service.js';

export interface ValidateOptions {
  /** What to do with a field that the class does not declare. */
  unknownFields?: 'refuse' | 'drop';
}

/** Answers an instance of `Class` filled from `input`, or throws `invalid_request` naming each field that is wrong. */
export async function validated<Q extends object>(
  Class: Payload<Q>,
  input: unknown,
  { unknownFields = 'refuse' }: ValidateOptions = {},
): Promise<Q> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('invalid_request', { message: 'An object was expected' });
  }
  return instanceIfRight(Class, input, unknownFields) ?? examined(Class, input, unknownFields);
}

/** The same of an object, as class-validator says it. */
export async function examined<Q extends object>(
  Class: Payload<Q>,
  input: object,
  unknownFields: 'refuse' | 'drop',
): Promise<Q> {
  const instance = instanceOf(Class, input);
  const errors = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'refuse',
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  });
  const fields = errors.flatMap((error) => wrongFields(error));
  const first = fields[0];
  if (first) throw new AppError('invalid_request', { message: first.message, field: first.field, fields });
  return instance;
}

/** A message with a field of its own named `constructor` is one that class-transformer stumbles over. */
function instanceOf<Q extends object>(Class: Payload<Q>, input: object): Q {
  try {
    return plainToInstance(Class, input);
  } catch (cause) {
    throw new AppError('invalid_request', { message: 'The message cannot be read' }, { cause });
  }
}

function wrongFields(error: ValidationError, path = ''): { field: string; message: string }[] {
  const field = path ? `${path}.${error.property}` : error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => wrongFields(child, field))];
}
