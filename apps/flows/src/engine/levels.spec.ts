import { describe, expect, it } from 'vitest';
import { flow, step, sub, somebody } from '../testing/flows.js';
import type { Flow, SubFlow } from './flow.js';
import {
  keptOf,
  leadsFurther,
  levelOf,
  levelsOf,
  NO_LEVEL,
  reachedLevel,
  timesOf,
  timesToKeep,
} from './levels.js';
import { walk, type Statuses } from './walk.js';

const level = (n: number, maxAge: string | undefined, what: string): SubFlow =>
  sub(
    'CONDITIONAL',
    `level ${n}`,
    step('REQUIRED', 'conditional-level-of-authentication', {
      'loa-condition-level': String(n),
      ...(maxAge === undefined ? {} : { 'loa-max-age': maxAge }),
    }),
    step('REQUIRED', what),
  );
const password = level(1, undefined, 'auth-password-form');
const code = level(2, '300', 'auth-otp-form');
const f: Flow = flow('f', sub('ALTERNATIVE', 'forms', password, code));
const passed = (...steps: SubFlow[]): Statuses =>
  Object.fromEntries(steps.map(({ id }) => [id, 'passed' as const]));

describe('the levels of a flow', () => {
  it('are those of its CONDITIONAL sub-flows that are not switched off, as their conditions say', () => {
    expect(levelsOf(f).map(({ level, maxAge }) => [level, maxAge])).toEqual([
      [1, 36_000],
      [2, 300],
    ]);
    expect(levelsOf(flow('g', { ...code, requirement: 'DISABLED' }))).toEqual([]);
    expect(levelsOf(flow('g', { ...code, requirement: 'REQUIRED' }))).toEqual([]);
    expect(levelsOf(flow('g', sub('DISABLED', 'forms', password)))).toEqual([]);
  });

  it.each([
    [{}, { level: 0, maxAge: 36_000 }],
    [
      { 'loa-condition-level': ' 3 ', 'loa-max-age': '0' },
      { level: 3, maxAge: 0 },
    ],
    [
      { 'loa-condition-level': 'gold', 'loa-max-age': 'always' },
      { level: 0, maxAge: 0 },
    ],
    [
      { 'loa-condition-level': '-1', 'loa-max-age': '-1' },
      { level: 0, maxAge: 0 },
    ],
  ])('%j is %j: what cannot be read asks more often', (config, expected) => {
    expect(levelOf(config)).toEqual(expected);
  });

  it('are kept for their time, and not a second more', () => {
    expect(keptOf(f, { '1': 1000, '2': 1000 }, 1299)).toEqual([1, 2]);
    expect(keptOf(f, { '1': 1000, '2': 1000 }, 1300)).toEqual([1]);
    expect(keptOf(f, { '3': 1000 }, 1000)).toEqual([]);
    expect(keptOf(flow('once', level(1, '0', 'auth-otp-form')), { '1': 1000 }, 1000)).toEqual([]);
  });

  it('have the time at which they were reached first in a login; one that is good once is not kept', () => {
    expect(timesOf(f, {}, undefined, 50)).toBeUndefined();
    expect(timesOf(f, passed(password, code), { '1': 40 }, 50)).toEqual({ '1': 40, '2': 50 });
    expect(timesToKeep(flow('once', password, level(2, '0', 'auth-otp-form')), { '1': 1, '2': 2 })).toEqual({
      '1': 1,
    });
  });
});

describe('the level that is reached', () => {
  it.each<{ what: string; happened?: Statuses; asked?: number; kept?: number[]; reached: number }>([
    { what: 'nothing yet', reached: NO_LEVEL },
    { what: 'what was passed', happened: passed(password), reached: 1 },
    { what: 'the highest of it', happened: passed(password, code), asked: 2, reached: 2 },
    { what: 'what the session brings', kept: [1], reached: 1 },
    { what: 'all that it brings, asked for or not', kept: [1, 2], reached: 2 },
    {
      what: 'nothing by a code alone whose password is too long ago',
      asked: 2,
      kept: [2],
      reached: NO_LEVEL,
    },
    {
      what: 'the code again with the password again',
      happened: passed(password),
      asked: 2,
      kept: [2],
      reached: 2,
    },
    { what: 'what was raised', happened: passed(code), asked: 2, kept: [1], reached: 2 },
  ])('is $what', ({ happened = {}, asked = NO_LEVEL, kept = [], reached }) => {
    expect(reachedLevel(f, happened, { asked, kept })).toBe(reached);
  });

  it.each([
    [NO_LEVEL, [], false],
    [1, [], true],
    [1, [1], false],
    [2, [1], true],
    [2, [2], true],
    [2, [1, 2], false],
    // There is nothing that leads there: to ask again would lead nowhere.
    [3, [1, 2], false],
    [3, [1], true],
  ])('asked for %s, with %j kept: the flow leads further: %s', (asked, kept, expected) => {
    expect(leadsFurther(f, { asked, kept })).toBe(expected);
  });
});

describe('a level condition', () => {
  const facts = (asked: number, kept: number[] = []) =>
    somebody(['password', 'otp'], { levels: { asked, kept } });
  const next = (asked: number, kept: number[] = [], happened: Statuses = {}) => {
    const { next } = walk(f, happened, facts(asked, kept));
    return next.kind === 'run' ? next.step.authenticator.id : next.kind;
  };

  it('holds where everybody begins, and then where its level is asked for', () => {
    expect(next(NO_LEVEL)).toBe('auth-password-form');
    expect(next(NO_LEVEL, [], passed(password))).toBe('passed');
    expect(next(1, [], passed(password))).toBe('passed');
    expect(next(2, [], passed(password))).toBe('auth-otp-form');
  });

  it('asks for the code only, of a session that has the password', () => {
    expect(next(2, [1])).toBe('auth-otp-form');
    expect(next(2, [1], passed(code))).toBe('passed');
  });

  it('does not let a code that is remembered stand for a password that is not', () => {
    expect(next(2, [2])).toBe('auth-password-form');
    expect(next(2, [2], passed(password))).toBe('passed');
  });

  it('tells why', () => {
    const { trace } = walk(f, passed(password), facts(1));
    expect(trace).toContainEqual(
      expect.objectContaining({ decided: 'condition false', why: 'level 1 is asked for, and not 2' }),
    );
    const kept = walk(f, passed(password), facts(2, [2])).trace;
    expect(kept).toContainEqual(
      expect.objectContaining({ why: 'level 2 was reached less than 300 seconds ago' }),
    );
  });
});
