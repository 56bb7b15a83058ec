import ts from 'typescript';
import { ERROR_STATUS, type ErrorCode } from '@tumbler/errors';
import type { Response, Schema } from './document.js';
import type { Reached } from './reach.js';
import { anyOf, type Schemas } from './schemas.js';
import type { Source } from './source.js';

/**
 * What errors look like from outside. Each filter tells them in its own way: the type that is named like it
 * (`KeycloakErrors` of `KeycloakErrorsFilter`) has what it answers, by the code of the error.
 */
export class ErrorReader {
  private readonly bodies = new Map<string, Map<string, Schema>>();

  constructor(
    private readonly source: Source,
    private readonly schemas: Schemas,
    private readonly problems: string[],
  ) {}

  /** `drawsPages`: browsers are told in HTML. */
  responses(
    filter: string,
    { failures }: Pick<Reached, 'failures'>,
    drawsPages: boolean,
  ): Record<string, Response> {
    const bodies = this.bodiesOf(filter);
    const byStatus = new Map<number, { codes: string[]; messages: string[] }>();
    for (const [code, messages] of failures) {
      if (!isCode(code)) continue;
      const { codes, messages: said } = byStatus.get(ERROR_STATUS[code]) ?? { codes: [], messages: [] };
      byStatus.set(ERROR_STATUS[code], { codes: [...codes, code], messages: [...said, ...messages] });
    }
    const all = [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, { codes, messages }]) => {
        const schema = anyOf(codes.flatMap((code) => bodies.get(code) ?? []));
        const told = [...new Set(messages)].sort().map((message) => `- ${message}`);
        const description = [MEANINGS[status] ?? 'An error', ...(told.length > 0 ? ['', ...told] : [])].join(
          '\n',
        );
        const later = status === 503 ? { headers: { 'retry-after': RETRY_AFTER } } : {};
        const content = {
          ...(schema ? { 'application/json': { schema } } : {}),
          ...(drawsPages ? { 'text/html': { schema: { type: 'string' } } } : {}),
        };
        return [String(status), { description, ...later, content }] as const;
      });
    return Object.fromEntries(all);
  }

  private bodiesOf(filter: string): Map<string, Schema> {
    const known = this.bodies.get(filter);
    if (known) return known;
    const wanted = filter.replace(/Filter$/, '');
    const declaration = this.source.files
      .flatMap((file) =>
        file.statements.filter(
          (statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement),
        ),
      )
      .find(({ name }) => name.text === wanted);
    if (!declaration) this.problems.push(`${filter} tells errors, and no type ${wanted} says how`);
    const fields = declaration
      ? this.schemas.fields(this.source.checker.getTypeAtLocation(declaration.name))
      : [];
    const bodies = new Map([...fields].map(([code, { schema }]) => [code, schema]));
    this.bodies.set(filter, bodies);
    return bodies;
  }
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_STATUS, code);

const RETRY_AFTER = { description: 'Seconds after which to try again', schema: { type: 'integer' } };

const MEANINGS: Record<number, string> = {
  400: 'What was sent is wrong',
  401: 'Nobody is signed in',
  403: 'Not allowed',
  404: 'Not found',
  406: 'Not to be had in this form',
  409: 'In conflict with what is there',
  413: 'Too large',
  500: 'Something went wrong here',
  503: 'A part of the server does not answer; try again',
};
