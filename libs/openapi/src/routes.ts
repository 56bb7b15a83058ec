import ts from 'typescript';
import { METHODS, type Method } from './document.js';
import { resultOf, valueOf } from './evaluate.js';
import { openApiPath } from './answers/open-api-path.js';
import { givenTo, markNamed, marksOf, textsOf, type Mark } from './marks.js';
import { place, type Source } from './source.js';

/** One address of the API, and the method that answers there. */
export interface Route {
  method: Method;
  /** As OpenAPI writes it: `/admin/realms/{realm}`. */
  path: string;
  /** What tells this address from others of the same method; empty where it has only one. */
  suffix: string;
  /** One of these lets somebody do it. */
  rights: string[];
  /** What it answers with when all goes well. */
  status: number;
  controller: Controller;
  declaration: ts.MethodDeclaration;
  marks: Mark[];
}

export interface Controller {
  name: string;
  declaration: ts.ClassDeclaration;
  marks: Mark[];
  routes: Route[];
}

const VERBS: Record<string, Method> = Object.fromEntries(
  METHODS.map((method) => [method.charAt(0).toUpperCase() + method.slice(1), method]),
);
/** Nest's name of any method; nothing of ours is marked so. */
const UNREADABLE = 'All';

/** Every controller of the source, with its routes. A path that is known only at run time is a problem. */
export function controllersOf(source: Source, problems: string[]): Controller[] {
  return source.files
    .flatMap((file) => file.statements.filter((statement) => ts.isClassDeclaration(statement)))
    .flatMap((declaration) => controllerOf(source, declaration, problems));
}

function controllerOf(source: Source, declaration: ts.ClassDeclaration, problems: string[]): Controller[] {
  const marks = marksOf(source, declaration);
  const mark = markNamed(marks, 'Controller');
  const methods = declaration.members.filter((member) => ts.isMethodDeclaration(member));
  // A controller without an address answers on the bus.
  const answersHttp = methods.some((method) => markNamed(marksOf(source, method), ...Object.keys(VERBS)));
  if (!mark || !declaration.name || !answersHttp) return [];
  const controller = { name: declaration.name.text, declaration, marks, routes: [] as Route[] };
  const prefixes = pathsOf(source, mark, declaration, problems);
  controller.routes = methods.flatMap((method) => routesOf(source, controller, prefixes, method, problems));
  return [controller];
}

function routesOf(
  source: Source,
  controller: Controller,
  prefixes: string[],
  declaration: ts.MethodDeclaration,
  problems: string[],
): Route[] {
  const marks = marksOf(source, declaration);
  if (markNamed(marks, UNREADABLE)) problems.push(`${place(declaration)}: name the methods of this route`);
  const verb = markNamed(marks, ...Object.keys(VERBS));
  if (!verb) return [];
  const method = VERBS[verb.name]!;
  const code = markNamed(marks, 'HttpCode');
  const redirect = markNamed(marks, 'Redirect');
  const said = code ? givenTo(source, code) : redirect && (givenTo(source, redirect, 1) ?? 302);
  const status = typeof said === 'number' ? said : method === 'post' ? 201 : 200;
  const paths = prefixes.flatMap((prefix) =>
    pathsOf(source, verb, declaration, problems).map((path) => openApiPath(`${prefix}/${path}`)),
  );
  return paths.map((path) => ({
    ...{ method, path, status, controller, declaration, marks },
    rights: rightsAt(source, marks, path),
    suffix: paths.length > 1 ? differing(path, paths) : '',
  }));
}

/** The name under which the gateway keeps what a route asks of whoever comes. */
const NEEDS = 'tumbler:needs';

/** `@Needs('view-users')`, or what is made of the address where there are several. */
function rightsAt(source: Source, marks: Mark[], path: string): string[] {
  const mark = marks.find((each) => each.name === 'SetMetadata' && givenTo(source, each) === NEEDS);
  const needs = mark?.given[1];
  if (!needs) return [];
  const url = path.replace(/\{(\w+)\}/g, ':$1');
  const value = ts.isArrowFunction(needs)
    ? resultOf(source, needs, url, mark.known)
    : valueOf(source, needs, mark.known);
  return Array.isArray(value) ? value.map(String) : [];
}

function pathsOf(source: Source, mark: Mark, where: ts.Node, problems: string[]): string[] {
  const paths = textsOf(source, mark);
  if (!paths) problems.push(`${place(where)}: write the path of this route out as text`);
  return paths ?? [];
}

/** The words of a path that not all of its siblings have. */
function differing(path: string, all: string[]): string {
  const words = (each: string) => each.split('/').filter((word) => word && !word.startsWith('{'));
  const shared = words(path).filter((word) => all.every((each) => words(each).includes(word)));
  const own = words(path).filter((word) => !shared.includes(word));
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const distinct =
    own.length > 0 ? own : parameters.filter((name) => !all.every((each) => each.includes(`{${name}}`)));
  return pascal(distinct.join('-'));
}

const pascal = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
