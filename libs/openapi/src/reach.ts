import ts from 'typescript';
import { knownIn, NOTHING, valueOf, type Known } from './evaluate.js';
import { marksOf } from './marks.js';
import { bare, type Source } from './source.js';

/** What a piece of code, with all that it calls, can do that somebody outside notices. */
export interface Reached {
  /** Codes of AppErrors, each with the texts that go with it. */
  failures: Map<string, Set<string>>;
  /** Statuses and headers that a reply is given. */
  statuses: Set<number>;
  headers: Set<string>;
  /** Names of the functions that are called. */
  calls: Set<string>;
}

/** What a function does by itself, and the functions that it calls. */
interface Step extends Reached {
  leadsTo: Set<Step>;
}

const newStep = (): Step => ({
  failures: new Map(),
  statuses: new Set(),
  headers: new Set(),
  calls: new Set(),
  leadsTo: new Set(),
});

/**
 * Follows calls through the source: into functions, methods, what is handed on as a function, and over the bus into the
 * handler that is marked with the question. It cannot know what a condition will be, and so tells what *can* happen.
 */
export class Reach {
  private readonly handlers = new Map<string, ts.MethodDeclaration>();
  /** By the place of a function and what it was called with. */
  private readonly steps = new Map<string, Step>();

  constructor(private readonly source: Source) {
    for (const file of source.files) this.collect(file);
  }

  from(nodes: ts.Node[]): Reached {
    const first = newStep();
    for (const node of nodes) this.visit(node, NOTHING, first);
    const all = newStep();
    const seen = new Set<Step>();
    const visit = (step: Step): void => {
      if (seen.has(step)) return;
      seen.add(step);
      for (const [code, messages] of step.failures) fail(all, code, ...messages);
      for (const status of step.statuses) all.statuses.add(status);
      for (const header of step.headers) all.headers.add(header);
      for (const name of step.calls) all.calls.add(name);
      step.leadsTo.forEach(visit);
    };
    visit(first);
    return all;
  }

  private collect(node: ts.Node): void {
    if (ts.isMethodDeclaration(node)) {
      const answers = marksOf(this.source, node).find(({ name }) => name === 'Answers');
      const question = answers?.given[0] && questionOf(this.source, answers.given[0]);
      if (question) this.handlers.set(question, node);
    }
    ts.forEachChild(node, (child) => this.collect(child));
  }

  private visit(node: ts.Node, known: Known, step: Step): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isDecorator(node)) return;
    if (ts.isNewExpression(node)) this.note(node, known, step);
    if (ts.isCallExpression(node)) this.call(node, known, step);
    else if (ts.isIdentifier(node) && !isCalled(node)) this.follow(node, [], known, step);
    ts.forEachChild(node, (child) => this.visit(child, known, step));
  }

  private call({ expression, arguments: given }: ts.CallExpression, known: Known, step: Step): void {
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    step.calls.add(name);
    const [first] = given;
    const handler =
      name === 'call' && first ? this.handlers.get(questionOf(this.source, first) ?? '') : undefined;
    if (handler) {
      fail(step, 'service_unavailable');
      step.leadsTo.add(this.stepOf(handler, NOTHING));
      return;
    }
    const value = first && valueOf(this.source, first, known);
    if (name === 'status' && typeof value === 'number') step.statuses.add(value);
    if (name === 'header' && typeof value === 'string') step.headers.add(value.toLowerCase());
    this.follow(ts.isPropertyAccessExpression(expression) ? expression.name : expression, given, known, step);
  }

  private follow(name: ts.Node, given: readonly ts.Expression[], known: Known, step: Step): void {
    const target = this.source.functionOf(name);
    if (target) step.leadsTo.add(this.stepOf(target, knownIn(this.source, target, given, known)));
  }

  private stepOf(target: ts.FunctionLikeDeclaration, inside: Known): Step {
    const values = [...inside].map(([symbol, value]) => [symbol.name, value]);
    const visit = `${target.getSourceFile().fileName}:${target.pos}:${JSON.stringify(values)}`;
    const known = this.steps.get(visit);
    if (known) return known;
    const step = newStep();
    this.steps.set(visit, step);
    for (const { initializer } of target.parameters) if (initializer) this.visit(initializer, inside, step);
    if (target.body) this.visit(target.body, inside, step);
    return step;
  }

  /** `new AppError(code, { message })` */
  private note({ expression, arguments: given }: ts.NewExpression, known: Known, step: Step): void {
    const [code, details] = given ?? [];
    if (!code || expression.getText() !== 'AppError') return;
    const value = valueOf(this.source, code, known);
    const message = details && messageOf(this.source, details, known);
    if (typeof value === 'string') fail(step, value, ...(message ? [message] : []));
  }
}

function fail({ failures }: Step, code: string, ...messages: string[]): void {
  const all = failures.get(code) ?? new Set();
  for (const message of messages) all.add(message);
  failures.set(code, all);
}

function messageOf(source: Source, details: ts.Expression, known: Known): string | undefined {
  const object = bare(details);
  if (!ts.isObjectLiteralExpression(object)) return undefined;
  for (const property of object.properties) {
    if (!property.name || property.name.getText() !== 'message') continue;
    if (ts.isPropertyAssignment(property)) return asText(valueOf(source, property.initializer, known));
    const shorthand = source.checker.getShorthandAssignmentValueSymbol(property);
    if (shorthand) return asText(known.get(shorthand));
  }
  return undefined;
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `users.create`, wherever it is asked or answered. */
function questionOf(source: Source, node: ts.Expression): string | undefined {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const service = source.symbolOf(node.expression);
  return service && source.declarationOf(node.expression) ? `${service.name}.${node.name.text}` : undefined;
}

const isCalled = ({ parent }: ts.Identifier): boolean =>
  ts.isCallExpression(parent) ||
  (ts.isPropertyAccessExpression(parent) && ts.isCallExpression(parent.parent));
