import ts from 'typescript';
import { bare, type Source } from './source.js';

/** What is known of the names that a function was called with. */
export type Known = ReadonlyMap<ts.Symbol, Value>;
export type Value =
  string | number | boolean | RegExp | readonly Value[] | { readonly [name: string]: Value };

export const NOTHING: Known = new Map();

/**
 * The value of an expression that is written out in the source: texts, numbers, lists, constants, `map` over a list.
 * A text with a hole in it is told as `Realm {name} exists`. Undefined where it is known only when the program runs.
 */
export function valueOf(source: Source, node: ts.Expression, known: Known): Value | undefined {
  const expression = bare(node);
  const evaluate = (each: ts.Expression) => valueOf(source, each, known);
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isNumericLiteral(expression)) return Number(expression.text.replaceAll('_', ''));
  if (ts.isPrefixUnaryExpression(expression) && expression.operator === ts.SyntaxKind.MinusToken) {
    const value = evaluate(expression.operand);
    return typeof value === 'number' ? -value : undefined;
  }
  if (expression.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (expression.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isRegularExpressionLiteral(expression)) return regExpOf(expression.text);
  if (ts.isTemplateExpression(expression)) return textOf(source, expression, known);
  if (ts.isConditionalExpression(expression)) {
    const condition = evaluate(expression.condition);
    if (typeof condition !== 'boolean') return undefined;
    return evaluate(condition ? expression.whenTrue : expression.whenFalse);
  }
  if (ts.isBinaryExpression(expression)) return joined(expression, evaluate);
  if (ts.isArrayLiteralExpression(expression)) return listOf(source, expression, known);
  if (ts.isObjectLiteralExpression(expression)) return objectOf(expression, evaluate);
  if (ts.isCallExpression(expression)) return callOf(source, expression, known);
  if (ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression)) {
    return nameOf(source, expression, known);
  }
  return undefined;
}

function nameOf(
  source: Source,
  node: ts.Identifier | ts.PropertyAccessExpression,
  known: Known,
): Value | undefined {
  const symbol = source.symbolOf(node);
  if (symbol && known.has(symbol)) return known.get(symbol);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !source.isOurs(declaration)) return undefined;
  const isConstant = ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration);
  return isConstant && declaration.initializer
    ? valueOf(source, declaration.initializer, NOTHING)
    : undefined;
}

function textOf(source: Source, { head, templateSpans }: ts.TemplateExpression, known: Known): string {
  const parts = templateSpans.map(({ expression, literal }) => {
    const value = valueOf(source, expression, known);
    const said =
      typeof value === 'string' || typeof value === 'number' ? String(value) : `{${holeName(expression)}}`;
    return said + literal.text;
  });
  return head.text + parts.join('');
}

function holeName(expression: ts.Expression): string {
  const inner = ts.isCallExpression(expression) ? (expression.arguments[0] ?? expression) : expression;
  if (ts.isPropertyAccessExpression(inner)) return inner.name.text;
  return ts.isIdentifier(inner) ? inner.text : '…';
}

function joined(
  { left, right, operatorToken }: ts.BinaryExpression,
  evaluate: (node: ts.Expression) => Value | undefined,
): Value | undefined {
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return evaluate(left) ?? evaluate(right);
  if (operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [first, second] = [evaluate(left), evaluate(right)];
  return typeof first === 'string' && typeof second === 'string' ? first + second : undefined;
}

function listOf(source: Source, { elements }: ts.ArrayLiteralExpression, known: Known): Value[] | undefined {
  const values = elements.flatMap((element): (Value | undefined)[] => {
    if (!ts.isSpreadElement(element)) return [valueOf(source, element, known)];
    const list = valueOf(source, element.expression, known);
    return Array.isArray(list) ? (list as Value[]) : [undefined];
  });
  return values.every((value) => value !== undefined) ? values : undefined;
}

function objectOf(
  { properties }: ts.ObjectLiteralExpression,
  evaluate: (node: ts.Expression) => Value | undefined,
): Record<string, Value> {
  const said = properties.flatMap((property): [string, Value][] => {
    if (!ts.isPropertyAssignment(property)) return [];
    const value = evaluate(property.initializer);
    const name = ts.isComputedPropertyName(property.name) ? undefined : property.name.text;
    return value === undefined || name === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(said);
}

/** `LIST.map((each) => …)`, `text.includes(part)`, and the names of an object. */
function callOf(
  source: Source,
  { expression, arguments: given }: ts.CallExpression,
  known: Known,
): Value | undefined {
  if (!ts.isPropertyAccessExpression(expression) || !given[0]) return undefined;
  const first = bare(given[0]);
  if (expression.getText() === 'Object.keys') {
    const object = valueOf(source, first, known);
    return typeof object === 'object' && !Array.isArray(object) ? Object.keys(object) : undefined;
  }
  const list = valueOf(source, expression.expression, known);
  if (expression.name.text === 'includes' && typeof list === 'string') {
    const part = valueOf(source, first, known);
    return typeof part === 'string' ? list.includes(part) : undefined;
  }
  if (expression.name.text !== 'map' || !Array.isArray(list) || !ts.isArrowFunction(first)) return undefined;
  const values = (list as Value[]).map((each) => resultOf(source, first, each, known));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** What an arrow function of one expression makes of a value. */
export function resultOf(
  source: Source,
  { parameters: [parameter], body }: ts.ArrowFunction,
  given: Value,
  known: Known,
): Value | undefined {
  const symbol = parameter && source.symbolOf(parameter.name);
  return symbol && !ts.isBlock(body)
    ? valueOf(source, body, new Map([...known, [symbol, given]]))
    : undefined;
}

function regExpOf(text: string): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

/** What a function knows of its parameters when it is called like this. */
export function knownIn(
  source: Source,
  { parameters }: ts.SignatureDeclaration,
  given: readonly ts.Expression[],
  known: Known,
): Known {
  const inside = new Map<ts.Symbol, Value>();
  for (const [index, parameter] of parameters.entries()) {
    const symbol = ts.isIdentifier(parameter.name) ? source.symbolOf(parameter.name) : undefined;
    if (!symbol) continue;
    const value = parameter.dotDotDotToken
      ? allOf(given.slice(index).map((each) => valueOf(source, each, known)))
      : valueAt(source, given[index] ?? parameter.initializer, known);
    if (value !== undefined) inside.set(symbol, value);
  }
  return inside;
}

const valueAt = (source: Source, node: ts.Expression | undefined, known: Known) =>
  node && valueOf(source, node, known);

const allOf = (values: (Value | undefined)[]): Value[] | undefined =>
  values.every((value) => value !== undefined) ? values : undefined;
