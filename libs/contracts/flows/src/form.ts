/**
 * A page as data. An authenticator says what it wants to know; whoever shows it (the pages of the gateway, a native
 * app that asked for JSON) decides how it looks. A new authenticator needs no new page.
 */
export interface Form {
  /** Which page this is: `login-login`, `login-login-otp`, … (keycloak.md §6.1) */
  page: string;
  /** Element id of the form: `kc-form-login`, … (keycloak.md §6.2) */
  id: string;
  title: Text;
  message?: { kind: 'error' | 'warning' | 'info'; text: Text };
  /** Who is signing in, once that is known. */
  attemptedUsername?: string;
  blocks?: Block[];
  fields: Field[];
  buttons: Button[];
  links?: Link[];
}

/** A text of the catalogue with the values in it. `literal` is for what administrators and users wrote themselves. */
export type Text = { key: string; args?: (string | number)[] } | { literal: string };

export const text = (key: string, ...args: (string | number)[]): Text =>
  args.length > 0 ? { key, args } : { key };

export type Block =
  | { kind: 'text'; text: Text; id?: string }
  /** One of numbered steps, with what belongs to it. */
  | { kind: 'step'; text: Text; blocks?: Block[] }
  | { kind: 'list'; id: string; items: Text[] }
  /** Drawn by whoever shows it; `value` is a secret. */
  | { kind: 'qr'; id: string; value: string; alt: Text }
  /** To be typed by hand, shown in groups of four; `value` is a secret. `uri` opens an app on the same phone. */
  | { kind: 'secret'; id: string; value: string; label: Text; uri?: string }
  /** To be kept, one under the other in this order; the values are secrets. */
  | { kind: 'codes'; id: string; label: Text; values: string[] }
  | { kind: 'details'; rows: { id: string; label: Text; value: Text }[] };

export interface Field {
  /** Name of the POST field. */
  name: string;
  /** Element id, where it differs from the name. */
  id?: string;
  type: 'text' | 'email' | 'password' | 'code' | 'checkbox' | 'radio' | 'hidden';
  label: Text;
  autocomplete?: string;
  value?: string;
  required?: boolean;
  /** Said beside the label: it stands among others that are required. */
  optional?: boolean;
  autofocus?: boolean;
  options?: { id: string; value: string; label: Text; checked?: boolean }[];
  error?: { id: string; text: Text };
}

export interface Button {
  id: string;
  label: Text;
  kind: 'primary' | 'secondary';
  /** What one gets by it, where the label alone does not say. */
  hint?: Text;
  /** Sent when this button is the one that was pressed. */
  name?: string;
  value?: string;
  /** The browser does not check the fields first. */
  skipsChecks?: boolean;
}

/** Where a link leads is said by what it does; whoever shows it knows the address. */
export interface Link {
  id: string;
  label: Text;
  /** `restart` begins this login anew, in the same flow; `login` goes to the beginning of signing in. */
  to: 'registration' | 'reset-credentials' | 'restart' | 'this-step' | 'login';
  query?: Record<string, string>;
}
