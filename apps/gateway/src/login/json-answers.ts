import type { Block, Field, Form, Text } from '@tumbler/contract-flows';
import type { Translate } from '../texts/texts.js';
import type { FormStep } from './addresses.js';
import type { FormAddresses } from './pages/form-page.js';
import { qrImage } from './qr.js';

/** Everything that a login answers to an application that asks for JSON: the same as the pages, in words. */
export type JsonAnswer = JsonStep | JsonEnd | JsonNotice | JsonRefusal;

/** Something is asked. */
export interface JsonStep {
  login: string;
  execution: string;
  code: string;
  /** Where the fields go, below the address of the server; as a JSON object or as a form, once. */
  action: string;
  /** What an application without cookies sends along from now on, in the header `Tumbler-Caller`. A secret. */
  caller?: string;
  form: JsonForm;
}

/** The login is over: the rest is at this address, which holds the code for the application, or why there is none. */
export interface JsonEnd {
  login?: string;
  redirectUri: string;
}

/** What was to be done is done, and nobody is signed in by it. */
export interface JsonNotice {
  message: string;
  /** Absent where one goes back to a device. */
  redirectUri?: string;
}

/** The login is over, without success. */
export interface JsonRefusal {
  error: 'login_failed';
  error_description: string;
}

export type JsonForm = Omit<InWords<Form>, 'blocks' | 'links'> & {
  blocks?: JsonBlock[];
  links?: { id: string; label: string; href: string }[];
};

/** `image` is the QR code as a picture, in a `data:` address. */
export type JsonBlock =
  | InWords<Exclude<Block, { kind: 'qr' | 'step' }>>
  | (InWords<Extract<Block, { kind: 'qr' }>> & { image: string })
  | { kind: 'step'; text: string; blocks?: JsonBlock[] };

export type JsonField = InWords<Field>;

/** The same with words in place of texts, wherever they stand. */
type InWords<T> = T extends Text
  ? string
  : T extends (infer Each)[]
    ? InWords<Each>[]
    : T extends object
      ? { [Name in keyof T]: InWords<T[Name]> }
      : T;

export function jsonStep(step: FormStep, addresses: FormAddresses, t: Translate, caller?: string): JsonStep {
  const { links, blocks, ...form } = step.form;
  return {
    login: step.login,
    execution: step.execution,
    code: step.code,
    action: addresses.action,
    ...(caller ? { caller } : {}),
    form: {
      ...inWords(form, t),
      blocks: blocks?.map((block) => jsonBlock(block, t)),
      links: links?.map((each) => ({ id: each.id, label: t(each.label), href: addresses.link(each) })),
    },
  };
}

function jsonBlock(block: Block, t: Translate): JsonBlock {
  switch (block.kind) {
    case 'step':
      return {
        kind: 'step',
        text: t(block.text),
        blocks: block.blocks?.map((inside) => jsonBlock(inside, t)),
      };
    case 'qr':
      return { ...inWords(block, t), image: qrImage(block.value) };
    default:
      return inWords(block, t);
  }
}

function inWords<T>(value: T, t: Translate): InWords<T>;
function inWords(value: unknown, t: Translate): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => inWords(each, t));
  if (typeof value !== 'object' || value === null) return value;
  if (isText(value)) return t(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inWords<unknown>(each, t)]));
}

const isText = (value: object): value is Text =>
  ('key' in value && typeof value.key === 'string') ||
  ('literal' in value && typeof value.literal === 'string');
