import { text, type Form } from '@tumbler/contract-flows';
import type { ActionPage } from './run.js';

/** Why the page is there, or how to leave it for whoever came because an application asked. */
export function explained({ action, pending }: ActionPage, form: Form): Form {
  if (!pending.initiated) {
    if (form.message || !action.because) return form;
    return { ...form, message: { kind: 'warning', text: text(action.because) } };
  }
  const cancel = { id: action.cancelId ?? 'kc-cancel', label: text('doCancel'), kind: 'secondary' as const };
  const sends = { name: 'cancel-aia', value: 'true', skipsChecks: true };
  return { ...form, buttons: [...form.buttons, { ...cancel, ...sends }] };
}
