import type { Text } from '@tumbler/contract-flows';
import type { Translate } from '../texts/texts.js';
import type { FormStep } from './addresses.js';
import type { FormAddresses } from './pages/form-page.js';

/** The same step for a native app or a single-page app: words instead of keys, and where the answer goes. */
export function formJson(step: FormStep, addresses: FormAddresses, t: Translate) {
  const { links, ...form } = step.form;
  return {
    login: step.login,
    execution: step.execution,
    code: step.code,
    action: addresses.action,
    form: {
      ...(inWords(form, t) as Record<string, unknown>),
      links: links?.map((each) => ({ id: each.id, label: t(each.label), href: addresses.link(each) })),
    },
  };
}

/** Every text in a form, wherever it stands, in words. */
function inWords(value: unknown, t: Translate): unknown {
  if (Array.isArray(value)) return value.map((each) => inWords(each, t));
  if (typeof value !== 'object' || value === null) return value;
  if (isText(value)) return t(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inWords(each, t)]));
}

const isText = (value: object): value is Text =>
  ('key' in value && typeof value.key === 'string') ||
  ('literal' in value && typeof value.literal === 'string');
