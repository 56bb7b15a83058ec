import type { Form } from '@tumbler/contract-flows';
import { expect } from 'vitest';

/** What every form promises to whoever draws it. */
export function describesForm(form: Form): void {
  expect(form.page).toMatch(/^login-/);
  expect(form.id).toMatch(/^kc-/);
  expect(form.buttons.filter(({ kind }) => kind === 'primary')).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(form))).toEqual(form);

  const ids = [
    form.id,
    ...form.fields.flatMap(({ id, name, options }) => options?.map((one) => one.id) ?? [id ?? name]),
    ...form.buttons.map(({ id }) => id),
    ...(form.links ?? []).map(({ id }) => id),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, value } of form.fields)
    if (type === 'password' || type === 'code') expect(value).toBeUndefined();
}
