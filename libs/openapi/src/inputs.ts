import ts from 'typescript';
import type { Parameter, Schema } from './document.js';
import { NOTHING, valueOf } from './evaluate.js';
import { givenTo, marksOf, type Mark } from './marks.js';
import type { Route } from './routes.js';
import type { Schemas } from './schemas.js';
import { bare, type Source } from './source.js';

export interface Inputs {
  parameters: Parameter[];
  body?: { schema: Schema; required: boolean };
  /** The method sends its answer by itself: its type says nothing about it. */
  answersItself: boolean;
}

const PLACES = ['Param', 'Query', 'Body', 'Res', 'Headers'];

/** What a method of a controller takes from the request. */
export class InputReader {
  constructor(
    private readonly source: Source,
    private readonly schemas: Schemas,
  ) {}

  read({ path, declaration }: Route): Inputs {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
    const inputs: Inputs = { parameters: [], answersItself: false };
    const uuids = new Set<string>();
    for (const parameter of declaration.parameters) {
      const mark = marksOf(this.source, parameter).find(({ name }) => PLACES.includes(name));
      if (!mark) continue;
      const name = givenTo(this.source, mark);
      if (mark.name === 'Res') inputs.answersItself = !isPassedOn(this.source, mark);
      if (mark.name === 'Param' && typeof name === 'string' && this.demandsUuid(mark)) uuids.add(name);
      if (mark.name === 'Query') inputs.parameters.push(...this.queryOf(declaration, parameter, name));
      if (mark.name === 'Body') inputs.body = this.bodyOf(declaration, parameter);
    }
    const ofPath = inPath.map((name): Parameter => {
      const schema: Schema = { type: 'string', ...(uuids.has(name) ? { format: 'uuid' } : {}) };
      return { name, in: 'path', required: true, schema };
    });
    return { ...inputs, parameters: [...ofPath, ...inputs.parameters] };
  }

  private demandsUuid({ given }: Mark): boolean {
    const [, pipe] = given;
    const maker = pipe && ts.isCallExpression(pipe) ? this.source.functionOf(pipe.expression) : undefined;
    return maker?.body?.getText().includes('isUUID(') ?? false;
  }

  private queryOf(
    method: ts.MethodDeclaration,
    parameter: ts.ParameterDeclaration,
    name: unknown,
  ): Parameter[] {
    const body = method.body!;
    if (typeof name === 'string' && name !== '') {
      return [asQuery(name, { type: isSwitch(body, parameter.name.getText()) ? 'boolean' : 'string' })];
    }
    const declared = this.source.checker.getPropertiesOfType(
      this.source.checker.getTypeAtLocation(parameter),
    );
    const used = [
      ...declared.map((symbol) => symbol.name),
      ...(ts.isIdentifier(parameter.name) ? readFrom(body, parameter.name.text) : []),
    ];
    const ofClass = this.classesOfQuery(body);
    const known = new Set(ofClass.map((each) => each.name));
    const others = [...new Set(used)].filter((each) => !known.has(each));
    return [
      ...ofClass,
      ...others.map((each) => asQuery(each, { type: isSwitch(body, each) ? 'boolean' : 'string' })),
    ];
  }

  /** `fromQuery(Class, query, fixed)`: the fields of the class, without those that are given. */
  private classesOfQuery(body: ts.Node): Parameter[] {
    const found: Parameter[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === 'fromQuery') {
        const [Class, query, fixed] = node.arguments;
        const renamed = new Map(this.fieldsGiven(query).flatMap(([to, from]) => (from ? [[to, from]] : [])));
        const given = new Set(this.fieldsGiven(fixed).map(([field]) => field));
        for (const [name, { schema }] of this.fieldsOf(Class)) {
          if (!given.has(name)) found.push(asQuery(renamed.get(name) ?? name, schema));
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(body);
    return found;
  }

  private fieldsOf(Class: ts.Expression | undefined) {
    const symbol = Class && this.source.symbolOf(Class);
    return symbol ? this.schemas.fields(this.source.checker.getDeclaredTypeOfSymbol(symbol)) : [];
  }

  /** The names in an object that is written out, with the name of what each is filled from. */
  private fieldsGiven(node: ts.Expression | undefined): [string, string | undefined][] {
    if (!node) return [];
    const declaration = ts.isIdentifier(node) ? this.source.declarationOf(node) : undefined;
    const initial = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : node;
    const object = initial && bare(initial);
    if (!object || !ts.isObjectLiteralExpression(object)) return [];
    return object.properties.flatMap((property): [string, string | undefined][] => {
      const name = property.name?.getText();
      if (name === undefined) return [];
      const from = ts.isPropertyAssignment(property) ? property.initializer.getText() : undefined;
      return [[name, from && /^\w+$/.test(from) ? from : undefined]];
    });
  }

  /** As the parameter is declared or, where that says nothing, as the function that it is given to reads it. */
  private bodyOf(method: ts.MethodDeclaration, parameter: ts.ParameterDeclaration): Inputs['body'] {
    const { checker } = this.source;
    const type = checker.getTypeAtLocation(parameter);
    const required = !new RegExp(`\\b${parameter.name.getText()} \\?\\? `).test(method.body?.getText() ?? '');
    const says = !(type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any | ts.TypeFlags.NonPrimitive));
    if (says) return { schema: this.schemas.of(type) ?? {}, required };
    const symbol = this.source.symbolOf(parameter.name);
    const schema = symbol && method.body ? this.readingOf(method.body, symbol) : undefined;
    return { schema: schema ?? {}, required };
  }

  /** The class that the input is held against says most, then whoever it is handed to, then what comes of it. */
  private readingOf(body: ts.Node, input: ts.Symbol, depth = 0): Schema | undefined {
    const isInput = (node: ts.Node): boolean => ts.isIdentifier(node) && this.source.symbolOf(node) === input;
    const calls = callsIn(body).filter(({ arguments: given }) => given.some((each) => holds(each, isInput)));
    const classes = calls.flatMap(({ expression, arguments: [Class] }) =>
      Class && HELD_AGAINST.has(expression.getText()) ? (this.instanceOf(Class) ?? []) : [],
    );
    if (classes[0] || depth > 3) return classes[0];
    const lists = callsIn(body).flatMap(({ expression, arguments: [each] }) =>
      each &&
      ts.isPropertyAccessExpression(expression) &&
      expression.name.text === 'map' &&
      isInput(expression.expression)
        ? (this.readingBy(each, 0, depth) ?? [])
        : [],
    );
    if (lists[0]) return { type: 'array', items: lists[0] };
    const readings = calls.flatMap(({ expression, arguments: given }) => {
      const index = given.findIndex((each) => holds(each, isInput));
      return this.readingBy(expression, index, depth) ?? [];
    });
    return readings[0];
  }

  private readingBy(reader: ts.Expression, index: number, depth: number): Schema | undefined {
    const taken = this.source.functionOf(ts.isPropertyAccessExpression(reader) ? reader.name : reader);
    const parameter = taken?.parameters[index];
    const symbol = parameter && this.source.symbolOf(parameter.name);
    const inside = symbol && taken.body && this.readingOf(taken.body, symbol, depth + 1);
    return inside ?? (reader.getText().startsWith('this.') ? undefined : this.resultOf(reader));
  }

  private instanceOf(Class: ts.Expression): Schema | undefined {
    const symbol = this.source.symbolOf(Class);
    return symbol?.flags && symbol.flags & ts.SymbolFlags.Class
      ? this.schemas.of(this.source.checker.getDeclaredTypeOfSymbol(symbol))
      : undefined;
  }

  /** What a function makes of it, once it has: something with fields, or a list of such. */
  private resultOf(reader: ts.Expression): Schema | undefined {
    const { checker } = this.source;
    const [signature] = checker.getTypeAtLocation(reader).getCallSignatures();
    const type = signature && checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
    if (!type) return undefined;
    const item = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : type;
    const hasFields =
      item && checker.getPropertiesOfType(item).length > 0 && item.flags & ts.TypeFlags.Object;
    return hasFields ? this.schemas.of(type) : undefined;
  }
}

const asQuery = (name: string, { description, ...schema }: Schema): Parameter => ({
  name,
  in: 'query',
  ...(description ? { description } : {}),
  schema,
});

/** `@Res({ passthrough: true })`: what the method returns is what is sent. */
function isPassedOn(source: Source, { given, known }: Mark): boolean {
  const options = given[0] && valueOf(source, given[0], known ?? NOTHING);
  return typeof options === 'object' && 'passthrough' in options && options.passthrough === true;
}

/** Functions that take a class and what is to be an instance of it. */
const HELD_AGAINST = new Set(['represented', 'validated', 'asMap']);

function callsIn(body: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function holds(node: ts.Node, wanted: (node: ts.Node) => boolean): boolean {
  if (wanted(node)) return true;
  if (ts.isCallExpression(node) || ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => holds(child, wanted)) ?? false;
}

/** What is read of an object by its name: `query.first`, `const { first } = query`. */
function readFrom(body: ts.Node, name: string): string[] {
  const text = body.getText();
  const dotted = [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, field]) => field!);
  const taken = [...text.matchAll(new RegExp(`\\{([^{}]*)\\} = ${name}\\b`, 'g'))].flatMap(([, fields]) =>
    fields!.split(',').map((field) =>
      field
        .trim()
        .replace(/[:=].*/, '')
        .trim(),
    ),
  );
  return [...dotted, ...taken].filter((field) => /^\w+$/.test(field));
}

/** Compared with `'true'` or `'false'`. */
const isSwitch = (body: ts.Node, name: string): boolean =>
  new RegExp(`\\b${name} [!=]== '(true|false)'`).test(body.getText());
