import ts from 'typescript';
import { constrained } from './constraints.js';
import type { Schema } from './document.js';
import { NOTHING, valueOf } from './evaluate.js';
import type { Source } from './source.js';

const DEEPEST = 100;

/** Turns types into schemas: what JSON.stringify makes of a value of the type. A type with a name is written once. */
export class Schemas {
  readonly components: Record<string, Schema> = {};
  private readonly names = new Map<ts.Type, string>();
  private readonly checker: ts.TypeChecker;
  private depth = 0;

  constructor(private readonly source: Source) {
    this.checker = source.checker;
  }

  /** Undefined for what has no place in JSON. */
  of(type: ts.Type): Schema | undefined {
    if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never)) return undefined;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    const name = this.nameOf(type);
    if (name === undefined) return this.nameless(type);
    if (!(name in this.components)) {
      // Said before it is written: a type may hold itself.
      this.components[name] = {};
      const about = this.source.wordsOf(type.aliasSymbol ?? type.symbol);
      this.components[name] = { ...(about ? { description: about } : {}), ...this.written(type) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The fields of a type, each as it is declared: without what its container is called. */
  fields(type: ts.Type): Map<string, { schema: Schema; required: boolean; description?: string }> {
    const properties = this.checker.getPropertiesOfType(type).flatMap((symbol) => {
      const schema = this.property(symbol);
      return schema ? [[symbol.name, { schema, required: this.isRequired(symbol) }] as const] : [];
    });
    return new Map(properties);
  }

  /** Written in place: where it holds itself, it would have no end. */
  private nameless(type: ts.Type): Schema | undefined {
    if (this.depth > DEEPEST) throw new Error(`Give a name to ${this.checker.typeToString(type)}`);
    this.depth++;
    try {
      return this.written(type);
    } finally {
      this.depth--;
    }
  }

  private written(type: ts.Type): Schema | undefined {
    if (type.isUnion()) return this.union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return constant(type.value);
    if (type.flags & ts.TypeFlags.BooleanLiteral) {
      return constant(this.checker.typeToString(type) === 'true');
    }
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & ts.TypeFlags.NonPrimitive) return { type: 'object' };
    if (type.flags & ts.TypeFlags.TypeParameter) {
      const bound = this.checker.getBaseConstraintOfType(type);
      return bound ? this.of(bound) : {};
    }
    if (this.checker.isTupleType(type)) {
      const items = this.checker
        .getTypeArguments(type as ts.TypeReference)
        .map((each) => this.of(each) ?? {});
      return { type: 'array', prefixItems: items };
    }
    if (this.checker.isArrayType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: (item && this.of(item)) ?? {} };
    }
    if (type.symbol?.name === 'Date' && !type.symbol.declarations?.some((each) => this.source.isOurs(each))) {
      return { type: 'string', format: 'date-time' };
    }
    return this.object(type);
  }

  private union(types: readonly ts.Type[]): Schema | undefined {
    const said = types.filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
    const booleans = said.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    const literals = said.filter((each) => each.isStringLiteral() || each.isNumberLiteral());
    const others = said.filter(
      (each) => !booleans.includes(each) && !(each.isStringLiteral() || each.isNumberLiteral()),
    );
    const parts = [
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map((each) => this.of(each))),
      ...(literals.length > 0 ? [enumeration(literals.map(({ value }) => value))] : []),
      ...others.map((each) => this.of(each)),
    ].filter((part) => part !== undefined);
    return anyOf(parts);
  }

  private object(type: ts.Type): Schema | undefined {
    if (type.getCallSignatures().length > 0) return undefined;
    const fields = this.fields(type);
    const required = [...fields].flatMap(([name, field]) => (field.required ? [name] : []));
    const rest = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(fields.size > 0
        ? { properties: Object.fromEntries([...fields].map(([name, { schema }]) => [name, schema])) }
        : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(rest ? { additionalProperties: this.of(rest.type) ?? {} } : {}),
    };
  }

  private property(symbol: ts.Symbol): Schema | undefined {
    const type = this.checker.getTypeOfSymbol(symbol);
    const schema = this.of(withoutUndefined(this.checker, type));
    if (!schema) return undefined;
    const declaration = symbol.valueDeclaration;
    const marked = declaration ? constrained(this.source, declaration, schema) : schema;
    const description = this.source.wordsOf(symbol);
    const initial =
      declaration && ts.isPropertyDeclaration(declaration) ? declaration.initializer : undefined;
    const value = initial && valueOf(this.source, initial, NOTHING);
    return {
      ...marked,
      ...(description ? { description } : {}),
      ...(value === undefined ? {} : { default: value }),
    };
  }

  private isRequired(symbol: ts.Symbol): boolean {
    if (symbol.flags & ts.SymbolFlags.Optional) return false;
    const declaration = symbol.valueDeclaration;
    if (declaration && ts.isPropertyDeclaration(declaration) && declaration.initializer) return false;
    const type = this.checker.getTypeOfSymbol(symbol);
    const parts = type.isUnion() ? type.types : [type];
    return !parts.some(
      ({ flags }) => flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown),
    );
  }

  /** What is declared in a file of ours under a name, or made by a function that is named after it. */
  private nameOf(type: ts.Type): string | undefined {
    const known = this.names.get(type);
    if (known !== undefined) return known;
    const symbol = type.aliasSymbol ?? type.symbol;
    const declaration = symbol?.declarations?.find((each) => this.source.isOurs(each));
    if (!declaration || isGeneric(this.checker, type)) return undefined;
    if (type.flags & ts.TypeFlags.TypeParameter) return undefined;
    const wanted = symbol?.name.startsWith('__') ? makerOf(declaration) : nameWithArguments(type);
    if (wanted === undefined) return undefined;
    const taken = new Set(this.names.values());
    const name = [wanted, ...Array.from({ length: 9 }, (_, index) => `${wanted}${index + 2}`)].find(
      (each) => !taken.has(each),
    )!;
    this.names.set(type, name);
    return name;
  }
}

/** One of several, each told once. */
export function anyOf(schemas: Schema[]): Schema | undefined {
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  if (different.length <= 1) return different[0];
  const [only, other] = different;
  const simple = (schema?: Schema) =>
    schema && Object.keys(schema).length === 1 && typeof schema.type === 'string';
  if (different.length === 2 && simple(only) && simple(other)) {
    return { type: [only!.type as string, other!.type as string] };
  }
  return { anyOf: different };
}

const constant = (value: string | number | ts.PseudoBigInt | boolean): Schema =>
  typeof value === 'object' ? {} : { type: typeOf(value), const: value };

const typeOf = (value: string | number | boolean): string =>
  typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;

function enumeration(values: (string | number)[]): Schema {
  const types = new Set(values.map(typeOf));
  const [value] = values;
  if (values.length === 1 && value !== undefined) return constant(value);
  return { ...(types.size === 1 ? { type: [...types][0] } : {}), enum: values };
}

function withoutUndefined(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  const keeps = !type.isUnion() || type.types.some(({ flags }) => flags & ts.TypeFlags.Null);
  return keeps ? type : checker.getNonNullableType(type);
}

const isGeneric = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  'target' in type && checker.getTypeArguments(type as ts.TypeReference).length > 0;

/** `Shown<Field>` is a ShownField. */
function nameWithArguments({ aliasSymbol, aliasTypeArguments = [], symbol }: ts.Type): string | undefined {
  const named = aliasTypeArguments.map((each) => (each.aliasSymbol ?? each.symbol)?.name);
  const all = named.every((name) => name !== undefined && !name.startsWith('__'));
  return all ? [(aliasSymbol ?? symbol).name, ...named].join('') : undefined;
}

/** `userRepresentation = (…) => ({ … })` makes a UserRepresentation. */
function makerOf(literal: ts.Declaration): string | undefined {
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  let node: ts.Node = literal.parent;
  while (ts.isParenthesizedExpression(node) || ts.isReturnStatement(node) || ts.isBlock(node))
    node = node.parent;
  if (!ts.isFunctionLike(node)) return undefined;
  const named = ts.isVariableDeclaration(node.parent) ? node.parent.name : node.name;
  if (!named || !ts.isIdentifier(named) || ts.isMethodDeclaration(node)) return undefined;
  return named.text.charAt(0).toUpperCase() + named.text.slice(1);
}
