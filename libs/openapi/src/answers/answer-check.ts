import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { METHODS, type Document, type Method, type Operation, type Schema } from '../document.js';

/** What a server answered. */
export interface Answer {
  method: string;
  /** Of the request, without its query; or the path of the operation itself. */
  path: string;
  status: number;
  contentType?: string;
  body: string;
}

/** Holds answers of a running server against the document. An unknown field counts as wrong: it is one that nobody described. */
export class AnswerCheck {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  /** By the text of their schemas. */
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly templates: { path: string; pattern: RegExp }[];

  constructor(private readonly document: Document) {
    formats.default(this.ajv);
    const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [
      name,
      closed(schema),
    ]);
    this.ajv.addSchema({ $id: 'api', components: { schemas: Object.fromEntries(schemas) as object } });
    // Where two fit, the one with fewer holes is meant, as in the router.
    this.templates = Object.keys(document.paths)
      .sort((a, b) => holes(a) - holes(b))
      .map((path) => ({ path, pattern: patternOf(path) }));
  }

  /** What is wrong with an answer, in words; undefined where it is as described, or to an address that is no operation's. */
  problem({ method, path, status, contentType = '', body }: Answer): string | undefined {
    const operation = this.operationAt(method, path);
    if (!operation) return undefined;
    const where = `${method} ${path} answered ${status}`;
    const response = operation.responses[String(status)];
    if (!response) return `${where}, which is not described`;
    const [type = ''] = contentType.split(';');
    if (body === '')
      return response.content && !isUnread(response.content) ? `${where} without a body` : undefined;
    const content = response.content?.[type];
    if (!content) return `${where} with ${type}, which is not described: ${body.slice(0, 200)}`;
    if (type !== 'application/json') return undefined;
    const validate = this.validatorOf(content.schema);
    const value: unknown = JSON.parse(body);
    return validate(value)
      ? undefined
      : `${where}: ${this.ajv.errorsText(validate.errors)}: ${body.slice(0, 500)}`;
  }

  private operationAt(method: string, path: string): Operation | undefined {
    const name = method.toLowerCase();
    if (!isMethod(name)) return undefined;
    const fits = ({ path: template, pattern }: { path: string; pattern: RegExp }) =>
      (path === template || pattern.test(path)) && this.document.paths[template]?.[name];
    const found = this.templates.find(fits);
    return found && this.document.paths[found.path]?.[name];
  }

  private validatorOf(schema: Schema): ValidateFunction {
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components', '"api#/components');
    const known = this.compiled.get(text);
    if (known) return known;
    const validate = this.ajv.compile(JSON.parse(text) as object);
    this.compiled.set(text, validate);
    return validate;
  }
}

const isMethod = (name: string): name is Method => METHODS.some((each) => each === name);
/** What is handed over as a stream, or not at all. */
const isUnread = (content: object): boolean =>
  'text/html' in content || 'application/octet-stream' in content;
const holes = (path: string): number => path.split('{').length;

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{path\}/g, '.+')
      .replace(/\{\w+\}/g, '[^/]+')}$`,
  );

/** The same schema, with no field but those that it names. */
const closed = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
    isObjectSchema(value) ? { additionalProperties: false, ...value } : value,
  ) as Schema;

const isObjectSchema = (value: unknown): value is Schema =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type === 'object' &&
  'properties' in value;
