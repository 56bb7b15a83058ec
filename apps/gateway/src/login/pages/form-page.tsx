import { text, type Button, type Field, type Form, type Link } from '@tumbler/contract-flows';
import type { Translate } from '../../texts/texts.js';
import { Blocks } from './blocks.js';
import { FormField, idOf } from './field.js';
import { LanguagePicker } from './language-picker.js';
import { Layout } from './layout.js';
import { Message } from './message.js';

/** Where the form goes and where its links lead. */
export interface FormAddresses {
  action: string;
  /** Shows the same step again. */
  step: string;
  link(link: Link): string;
}

export interface FormPageProps {
  form: Form;
  addresses: FormAddresses;
  t: Translate;
  realmName: string;
  /** Those that the realm offers. */
  languages?: string[];
}

/** Draws any form: a new authenticator needs no new page. */
export function FormPage({ form, addresses, t, realmName, languages = [] }: FormPageProps) {
  const blocks = form.blocks ?? [];
  const restart = form.links?.find(({ to }) => to === 'restart');
  const links = form.links?.filter((link) => link !== restart || !form.attemptedUsername) ?? [];
  const focused = whereTypingBegins(form);
  return (
    <Layout
      language={t.language}
      pageId={form.page}
      title={t(form.title)}
      realmName={realmName}
      address={addresses.step}
      picker={<LanguagePicker languages={languages} t={t} address={addresses.step} />}
      wide={blocks.length > 1}
    >
      {form.attemptedUsername && (
        <div id="kc-username" class="attempted">
          <span id="kc-attempted-username" dir="auto">
            {form.attemptedUsername}
          </span>
          {restart && (
            <a id={restart.id} href={addresses.link(restart)}>
              {t(restart.label)}
            </a>
          )}
        </div>
      )}
      {form.message && <Message kind={form.message.kind}>{t(form.message.text)}</Message>}
      <ErrorSummary fields={form.fields} t={t} />
      <Blocks blocks={blocks} t={t} />
      <form id={form.id} action={addresses.action} method="post">
        <WhoseForm form={form} />
        {form.fields.map((field) => (
          <FormField key={idOf(field)} field={field} t={t} focused={field === focused} />
        ))}
        <div class="buttons">
          {form.buttons.map((button) => (
            <SubmitButton key={button.id} button={button} t={t} />
          ))}
        </div>
      </form>
      {links.length > 0 && (
        <div class="links">
          {links.map((link) => (
            <a key={link.id} id={link.id} href={addresses.link(link)}>
              {t(link.label)}
            </a>
          ))}
        </div>
      )}
    </Layout>
  );
}

/** Tells password managers whose password a form sets; it has no name and is not sent. */
function WhoseForm({ form: { fields, attemptedUsername } }: { form: Form }) {
  const setsPassword = fields.some(({ autocomplete }) => autocomplete === 'new-password');
  if (!attemptedUsername || !setsPassword) return null;
  return <input type="text" autocomplete="username" value={attemptedUsername} readonly hidden />;
}

/** One error stands beside its field; several are gathered, each leading to its field. */
function ErrorSummary({ fields, t }: { fields: Field[]; t: Translate }) {
  const wrong = fields.filter(({ error }) => error);
  if (wrong.length < 2) return null;
  return (
    <Message kind="error">
      {t(text('errorSummary'))}
      <ul>
        {wrong.map((field) => (
          <li key={idOf(field)}>
            <a href={`#${idOf(field)}`}>{field.error && t(field.error.text)}</a>
          </li>
        ))}
      </ul>
    </Message>
  );
}

function SubmitButton({ button, t }: { button: Button; t: Translate }) {
  return (
    <button
      type="submit"
      id={button.id}
      class={button.kind}
      name={button.name}
      value={button.value}
      formnovalidate={button.skipsChecks}
    >
      {t(button.label)}
      {button.hint && <span class="button-hint">{t(button.hint)}</span>}
    </button>
  );
}

/** In the first field that is wrong, else where the form says; not below more than a word to read first, which would scroll away. */
function whereTypingBegins({ fields, blocks = [] }: Form): Field | undefined {
  const typed = fields.filter(({ type }) => type !== 'hidden');
  const wrong = typed.find(({ error }) => error);
  if (wrong || blocks.some(({ kind }) => kind !== 'text')) return wrong;
  return typed.find(({ autofocus }) => autofocus) ?? typed[0];
}
