import ts from 'typescript';
import { descriptionsOf, LOCATION, type Description } from './descriptions.js';
import type { Document, Operation, Response, Schema } from './document.js';
import { ErrorReader } from './errors-of.js';
import { InputReader, type Inputs } from './inputs.js';
import { markNamed, type Mark } from './marks.js';
import { Reach, type Reached } from './reach.js';
import { controllersOf, type Controller, type Route } from './routes.js';
import { Schemas } from './schemas.js';
import { place, type Source } from './source.js';

export interface About {
  title: string;
  version: string;
  description: string;
  license: { name: string; identifier: string };
  /** The filter of controllers that have none of their own. */
  globalFilter: string;
}

/** Happens wherever a request comes in. */
const ANYWHERE = ['internal', 'service_unavailable'];
/** Happens wherever a body comes in. */
const OF_BODIES = ['invalid_request', 'payload_too_large'];

/** The API that the controllers of the source make up. What is missing in it is said in it. */
export const readApi = (source: Source, about: About): Document => new ApiReader(source, about).read();

class ApiReader {
  private readonly schemas: Schemas;
  private readonly inputs: InputReader;
  private readonly reach: Reach;
  private readonly errors: ErrorReader;
  private readonly descriptions: Map<string, Description>;
  private readonly problems: string[] = [];

  constructor(
    private readonly source: Source,
    private readonly about: About,
  ) {
    this.schemas = new Schemas(source);
    this.inputs = new InputReader(source, this.schemas);
    this.reach = new Reach(source);
    this.errors = new ErrorReader(source, this.schemas, this.problems);
    this.descriptions = descriptionsOf(source, this.schemas, this.problems);
  }

  read(): Document {
    const { title, version, description, license } = this.about;
    const controllers = controllersOf(this.source, this.problems);
    const paths: Document['paths'] = {};
    for (const controller of controllers) {
      for (const route of controller.routes) (paths[route.path] ??= {})[route.method] = this.operation(route);
    }
    this.findStrangers(paths);
    const tags = new Map(controllers.map((each) => [tagOf(each), this.source.words(each.declaration)]));
    return {
      openapi: '3.1.0',
      info: { title, version, description, license },
      servers: [{ url: '/' }],
      tags: [...tags].sort().map(([name, { summary, description: more }]) => ({
        name,
        ...(summary ? { description: more ?? summary } : {}),
      })),
      paths: sorted(paths),
      components: {
        schemas: sorted(used(this.schemas.components, paths)),
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      ...(this.problems.length > 0 ? { 'x-unsaid': this.problems } : {}),
    };
  }

  private operation(route: Route): Operation {
    const { controller, declaration, method, path } = route;
    const described = this.descriptions.get(`${method.toUpperCase()} ${path}`);
    const inputs = this.inputs.read(route);
    if (inputs.answersItself && !described) {
      const what = `${method.toUpperCase()} ${path} sends its answer by itself`;
      this.problems.push(`${place(declaration)}: ${what}; say in a *.api.ts what that is`);
    }
    const reached = this.reached(controller, declaration, inputs);
    const words = this.source.words(declaration);
    const parameters = parametersOf(inputs, described);
    const requestBody = bodyOf(inputs, described);
    const own = described?.responses ?? {};
    const good = Object.keys(own).some((status) => status < '400') ? {} : this.responses(route, reached);
    const drawsPages = Object.values(own).some(({ content }) => content && 'text/html' in content);
    const filter = filterOf(controller) ?? this.about.globalFilter;
    const failures = this.errors.responses(filter, reached, drawsPages);
    return {
      operationId: operationId(route),
      tags: [tagOf(controller)],
      summary: words.summary ?? inWords(route),
      ...(described?.words || words.description
        ? { description: described?.words ?? words.description }
        : {}),
      ...(reached.calls.has('bearerOf') ? { security: securityOf(route) } : {}),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(requestBody ? { requestBody } : {}),
      responses: withWords({ ...good, ...failures, ...own }),
    };
  }

  /** Everything that a request goes through: the guards, what the marks of the method do, and the method. */
  private reached(controller: Controller, declaration: ts.MethodDeclaration, { body }: Inputs): Reached {
    const guards = [...controller.marks]
      .filter(({ name }) => name === 'UseGuards')
      .flatMap(({ given }) => given);
    const ofGuards = guards.flatMap((guard) => methodOf(this.source, guard, 'canActivate'));
    const pipes = declaration.parameters.flatMap((parameter) => pipesOf(this.source, parameter));
    const reached = this.reach.from([...ofGuards, ...pipes, declaration.body!]);
    for (const code of [...ANYWHERE, ...(body ? OF_BODIES : [])]) {
      if (!reached.failures.has(code)) reached.failures.set(code, new Set());
    }
    return reached;
  }

  private responses(
    { declaration, status }: Route,
    { statuses, headers }: Reached,
  ): Record<string, Response> {
    const { checker } = this.source;
    const signature = checker.getSignatureFromDeclaration(declaration);
    const type = signature && checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
    const schema = type && this.schemas.of(type);
    const good = new Set([status, ...[...statuses].filter((each) => each < 300)]);
    const all = [...good].map((each): [string, Response] => {
      const hasBody = schema && each !== 204;
      return [
        String(each),
        {
          description: '',
          ...(each === 201 && headers.has('location') ? { headers: { location: CREATED } } : {}),
          ...(hasBody ? { content: contentOf(schema) } : {}),
        },
      ];
    });
    return Object.fromEntries(all);
  }

  /** A description of what is not there is one that was forgotten. */
  private findStrangers(paths: Document['paths']): void {
    for (const [operation, { node }] of this.descriptions) {
      const [method = '', path = ''] = operation.split(' ');
      const there = Object.keys(paths[path] ?? {}).includes(method.toLowerCase());
      if (!there) this.problems.push(`${place(node)}: there is no ${operation}`);
    }
  }
}

/** OpenAPI has room for the names of what somebody must hold besides a token; each entry is enough by itself. */
const securityOf = ({ rights }: Route): Record<string, string[]>[] =>
  rights.length > 0 ? rights.map((right) => ({ bearer: [right] })) : [{ bearer: [] }];

const CREATED = { ...LOCATION, description: 'Where what was made can be read' };

const contentOf = (schema: Schema) => ({ 'application/json': { schema } });

function parametersOf({ parameters }: Inputs, described?: Description) {
  const more = [...(described?.query ?? []), ...(described?.headers ?? [])];
  const named = new Set(more.map(({ name }) => name));
  return [...parameters.filter(({ name }) => !named.has(name)), ...more];
}

function bodyOf({ body }: Inputs, described?: Description): Operation['requestBody'] {
  if (described?.body) return described.body;
  return body && { required: body.required, content: contentOf(body.schema) };
}

/** What a parameter of a method goes through before the method has it: `Param('id', Pipe)`, `createParamDecorator(…)`. */
function pipesOf(source: Source, parameter: ts.ParameterDeclaration): ts.Node[] {
  const decorators = ts.getDecorators(parameter) ?? [];
  return decorators.flatMap(({ expression }) => {
    const made = ts.isCallExpression(expression) ? source.declarationOf(expression.expression) : undefined;
    const maker = made && ts.isVariableDeclaration(made) ? made.initializer : undefined;
    const ofClasses = [expression, ...(maker ? [maker] : [])].flatMap((node) => classesIn(source, node));
    return [expression, ...(maker ? [maker] : []), ...ofClasses];
  });
}

function classesIn(source: Source, node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each)) found.push(...methodOf(source, each, 'transform'));
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

function methodOf(source: Source, Class: ts.Expression, name: string): ts.Node[] {
  const declaration = source.declarationOf(Class);
  if (!declaration || !ts.isClassDeclaration(declaration)) return [];
  return declaration.members.filter(
    (member) => ts.isMethodDeclaration(member) && member.name.getText() === name,
  );
}

function filterOf({ marks }: Controller): string | undefined {
  const filters: Mark | undefined = markNamed(marks, 'UseFilters');
  return filters?.given[0]?.getText();
}

/** UsersController becomes Users, RoleMappingsController becomes Role mappings. */
function tagOf({ name }: Controller): string {
  const words = name.replace(/Controller$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return words.charAt(0) + words.slice(1).toLowerCase();
}

function operationId({ controller, declaration, suffix }: Route): string {
  const name = controller.name.replace(/Controller$/, '');
  const method = declaration.name.getText();
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.${method}${suffix ? `.${suffix}` : ''}`;
}

/** Users: list sessions */
function inWords({ controller, declaration }: Route): string {
  const words = declaration.name
    .getText()
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return `${tagOf(controller)}: ${words}`;
}

const MEANINGS: Record<string, string> = {
  200: 'Done',
  201: 'Made',
  202: 'Taken',
  204: 'Done, and nothing to say',
  302: 'Leads on',
  303: 'Leads on',
  304: 'What you have is still so',
};

function withWords(responses: Record<string, Response>): Record<string, Response> {
  const all = Object.entries(responses).map(([status, response]) => [
    status,
    { ...response, description: response.description || (MEANINGS[status] ?? 'An error') },
  ]);
  return Object.fromEntries(all) as Record<string, Response>;
}

/** Those that the paths speak of, themselves or through others. */
function used(schemas: Record<string, Schema>, paths: Document['paths']): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const collect = (value: object): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const schema = schemas[name];
      if (!schema || found.has(name)) continue;
      found.set(name, schema);
      collect(schema);
    }
  };
  collect(paths);
  return Object.fromEntries(found);
}

function sorted<T>(things: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(things).sort(([a], [b]) => (a < b ? -1 : 1)));
}
