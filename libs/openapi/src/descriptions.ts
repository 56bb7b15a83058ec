import ts from 'typescript';
import type { Content, Parameter, Response, Schema } from './document.js';
import type { Schemas } from './schemas.js';
import { place, type Source } from './source.js';

/** What is said of an operation in place of what its method says, or besides. */
export interface Description {
  /** Where it is written, for whoever has to change it. */
  node: ts.Declaration;
  words?: string;
  query?: Parameter[];
  headers?: Parameter[];
  body?: { required: boolean; content: Content };
  /** By status. */
  responses: Record<string, Response>;
}

const BODIES: Record<string, string> = {
  body: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain',
  upload: 'multipart/form-data',
};

/**
 * Reads the interfaces of `*.api.ts`: they describe operations whose methods send their answers by themselves, or read
 * what they are sent in a way of their own. `'POST /a/{b}': { query: Q; body: B; form: F; 200: Answer | Page }`; a type
 * named `Page` is HTML, one named `Download` a file, one named `Redirect` leads on, and `void` is an answer without a body.
 */
export function descriptionsOf(
  source: Source,
  schemas: Schemas,
  problems: string[],
): Map<string, Description> {
  const interfaces = source.files
    .filter(({ fileName }) => fileName.endsWith('.api.ts'))
    .flatMap((file) => file.statements.filter((statement) => ts.isInterfaceDeclaration(statement)))
    .filter(({ members }) => members.some(({ name }) => name && OPERATION.test(nameOf(name))));
  const reader = new DescriptionReader(source, schemas, problems);
  return new Map(
    interfaces.flatMap(({ members }) =>
      members.flatMap((member) =>
        member.name && ts.isPropertySignature(member)
          ? [[nameOf(member.name), reader.read(member)] as const]
          : [],
      ),
    ),
  );
}

const OPERATION = /^[A-Z]+ \//;
const nameOf = (name: ts.PropertyName): string => (ts.isStringLiteral(name) ? name.text : name.getText());

class DescriptionReader {
  constructor(
    private readonly source: Source,
    private readonly schemas: Schemas,
    private readonly problems: string[],
  ) {}

  read(node: ts.PropertySignature): Description {
    const { checker } = this.source;
    const symbol = checker.getSymbolAtLocation(node.name);
    const description: Description = { node, responses: {} };
    const words = symbol && this.source.wordsOf(symbol);
    if (words) description.words = words;
    for (const part of checker.getPropertiesOfType(checker.getTypeAtLocation(node))) {
      const type = checker.getTypeOfSymbol(part);
      const optional = Boolean(part.flags & ts.SymbolFlags.Optional);
      const about = this.source.wordsOf(part);
      if (part.name === 'query') description.query = this.parameters(type, 'query');
      else if (part.name === 'headers') description.headers = this.parameters(type, 'header');
      else if (part.name in BODIES) {
        const content = {
          ...description.body?.content,
          [BODIES[part.name]!]: { schema: this.schemaOf(type) },
        };
        description.body = { required: !optional, content };
      } else if (/^[1-5]\d\d$/.test(part.name)) {
        description.responses[part.name] = this.response(type, about);
      } else this.problems.push(`${place(node)}: what does ${part.name} mean?`);
    }
    return description;
  }

  private parameters(type: ts.Type, place: 'query' | 'header'): Parameter[] {
    return [...this.schemas.fields(type)].map(([name, { schema, required }]) => {
      const { description, ...rest } = schema;
      return { name, in: place, required, ...(description ? { description } : {}), schema: rest };
    });
  }

  private schemaOf(type: ts.Type): Schema {
    return this.schemas.of(this.source.checker.getNonNullableType(type)) ?? {};
  }

  private response(type: ts.Type, words: string): Response {
    const parts = type.isUnion() && !type.aliasSymbol ? type.types : [type];
    const isNamed = (each: ts.Type, name: string) => (each.aliasSymbol ?? each.symbol)?.name === name;
    const json = parts.filter(
      (each) => !['Page', 'Download', 'Redirect'].some((name) => isNamed(each, name)),
    );
    const schemas = json.map((each) => this.schemas.of(each)).filter((schema) => schema !== undefined);
    const leadsOn = parts.some((each) => isNamed(each, 'Redirect'));
    const content: Content = {
      ...(schemas.length > 0
        ? { 'application/json': { schema: schemas.length === 1 ? schemas[0]! : { anyOf: schemas } } }
        : {}),
      ...(parts.some((each) => isNamed(each, 'Page')) ? { 'text/html': { schema: { type: 'string' } } } : {}),
      ...(parts.some((each) => isNamed(each, 'Download'))
        ? { 'application/octet-stream': { schema: FILE } }
        : {}),
    };
    return {
      description: words,
      ...(leadsOn ? { headers: { location: LOCATION } } : {}),
      ...(Object.keys(content).length > 0 ? { content } : {}),
    };
  }
}

const FILE = { type: 'string', format: 'binary' };

export const LOCATION = {
  description: 'Where to go on',
  schema: { type: 'string', format: 'uri-reference' },
};
