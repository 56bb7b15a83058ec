import { text, type Field } from '@tumbler/contract-flows';
import type { Translate } from '../../texts/texts.js';

export interface FieldProps {
  field: Field;
  t: Translate;
  /** Where typing begins. */
  focused: boolean;
}

export const idOf = (field: Field): string => field.id ?? field.name;

export function FormField(props: FieldProps) {
  switch (props.field.type) {
    case 'hidden':
      return <input type="hidden" id={props.field.id} name={props.field.name} value={props.field.value} />;
    case 'checkbox':
      return <Checkbox {...props} />;
    case 'radio':
      return <Choice {...props} />;
    default:
      return <TypedField {...props} />;
  }
}

function TypedField({ field, t, focused }: FieldProps) {
  const id = idOf(field);
  const attributes = {
    id,
    name: field.name,
    autocomplete: field.autocomplete ?? (field.type === 'code' ? 'one-time-code' : 'off'),
    autocapitalize: 'none',
    autocorrect: 'off',
    spellcheck: false,
    value: field.value,
    required: field.required,
    autofocus: focused,
    'aria-invalid': field.error ? true : undefined,
    'aria-describedby': field.error?.id,
  } as const;
  return (
    <div class={field.error ? 'field field-wrong' : 'field'}>
      <label for={id}>
        <Label field={field} t={t} />
      </label>
      <div class="input">
        {field.type === 'password' && <input type="password" {...attributes} />}
        {field.type === 'password' && <Reveal id={id} t={t} />}
        {field.type === 'code' && <input type="text" class="code" inputmode="numeric" {...attributes} />}
        {field.type === 'email' && <input type="email" {...attributes} />}
        {field.type === 'text' && <input type="text" dir="auto" {...attributes} />}
      </div>
      <FieldError field={field} t={t} />
    </div>
  );
}

/** Shows what was typed; the script takes it out of hiding. */
function Reveal({ id, t }: { id: string; t: Translate }) {
  return (
    <button type="button" class="reveal" data-shows={id} aria-pressed="false" hidden>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
        <circle cx="12" cy="12" r="3" />
        <path class="reveal-strike" d="M4 20L20 4" />
      </svg>
      <span class="unseen">{t(text('showPassword'))}</span>
    </button>
  );
}

function Checkbox({ field, t, focused }: FieldProps) {
  const id = idOf(field);
  return (
    <div class="field field-check">
      <label for={id}>
        <input
          id={id}
          name={field.name}
          type="checkbox"
          value="on"
          checked={field.value === 'on'}
          required={field.required}
          autofocus={focused}
          aria-invalid={field.error ? true : undefined}
          aria-describedby={field.error?.id}
        />
        <span>{t(field.label)}</span>
      </label>
      <FieldError field={field} t={t} />
    </div>
  );
}

function Choice({ field, t, focused }: FieldProps) {
  const options = field.options ?? [];
  const chosen = options.findIndex(({ checked, value }) => checked ?? value === field.value);
  return (
    <fieldset class="field field-choice" id={field.id} aria-describedby={field.error?.id}>
      <legend>
        <Label field={field} t={t} />
      </legend>
      {options.map(({ id, value, label }, index) => (
        <label key={id} for={id}>
          <input
            id={id}
            name={field.name}
            type="radio"
            value={value}
            checked={index === chosen}
            required={field.required}
            autofocus={focused && index === Math.max(chosen, 0)}
          />
          <span>{t(label)}</span>
        </label>
      ))}
      <FieldError field={field} t={t} />
    </fieldset>
  );
}

function Label({ field, t }: Pick<FieldProps, 'field' | 't'>) {
  return (
    <>
      {t(field.label)}
      {field.optional && <span class="field-optional"> {t(text('optionalField'))}</span>}
    </>
  );
}

function FieldError({ field, t }: Pick<FieldProps, 'field' | 't'>) {
  if (!field.error) return null;
  return (
    <p class="field-error" id={field.error.id} role="alert">
      {t(field.error.text)}
    </p>
  );
}
