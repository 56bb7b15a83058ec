import ts from 'typescript';
import { knownIn, NOTHING, valueOf, type Known, type Value } from './evaluate.js';
import type { Source } from './source.js';

/** One decorator, after what it is put together from. */
export interface Mark {
  name: string;
  given: readonly ts.Expression[];
  known: Known;
  node: ts.Node;
}

/** The decorators of a class, a method or a parameter; those that are put together from others are taken apart. */
export function marksOf(source: Source, node: ts.Node): Mark[] {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.flatMap(({ expression }) => opened(source, expression, NOTHING));
}

function opened(source: Source, node: ts.Expression, known: Known): Mark[] {
  if (!ts.isCallExpression(node)) return [];
  const { expression: callee, arguments: given } = node;
  const maker = source.functionOf(callee);
  if (!maker) return [{ name: nameOf(callee), given, known, node }, ...enhancersOf(source, callee)];
  const made = resultOf(maker);
  // Where it is not one that is made of others, its own name is what is known of it.
  if (!made || !ts.isCallExpression(made)) return [{ name: nameOf(callee), given, known, node }];
  const inside = knownIn(source, maker, given, known);
  const parts = nameOf(made.expression) === 'applyDecorators' ? made.arguments : [made];
  return [
    { name: nameOf(callee), given, known, node },
    ...parts.flatMap((part) => opened(source, part, inside)),
  ];
}

/** `createParamDecorator(factory, enhancers)`: what else it marks a parameter with. */
function enhancersOf(source: Source, callee: ts.Expression): Mark[] {
  const declared = source.declarationOf(callee);
  const made = declared && ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
  if (!made || !ts.isCallExpression(made) || nameOf(made.expression) !== 'createParamDecorator') return [];
  const [, enhancers] = made.arguments;
  if (!enhancers || !ts.isArrayLiteralExpression(enhancers)) return [];
  return enhancers.elements.flatMap((each) => opened(source, each, NOTHING));
}

/** What a function of one expression, or of one return, makes. */
function resultOf({ body }: ts.FunctionLikeDeclaration): ts.Expression | undefined {
  if (!body || !ts.isBlock(body)) return body;
  const [only] = body.statements;
  return only && ts.isReturnStatement(only) ? only.expression : undefined;
}

const nameOf = (callee: ts.Expression): string =>
  ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();

export const markNamed = (marks: Mark[], ...names: string[]): Mark | undefined =>
  marks.find(({ name }) => names.includes(name));

/** What a mark was given, where that is written out. */
export const givenTo = (source: Source, { given, known }: Mark, index = 0): Value | undefined =>
  given[index] && valueOf(source, given[index], known);

/** The one text, or the list of texts, that a mark was given; one empty text where it was given nothing. */
export function textsOf(source: Source, mark: Mark): string[] | undefined {
  if (!mark.given[0]) return [''];
  const value = givenTo(source, mark);
  const list = Array.isArray(value) ? (value as Value[]) : [value];
  return list.every((each) => typeof each === 'string') ? list : undefined;
}
