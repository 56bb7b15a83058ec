import fc from 'fast-check';

/** Names that mean something to every object. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length', '0'];
const VALUES = [
  '1',
  '"x"',
  'null',
  '{}',
  '[]',
  '{"name":"x"}',
  '{"__proto__":{"x":1}}',
  '[{"constructor":1}]',
];

/** A message as JSON, with a field of such a name somewhere in it. */
export function hostileJson(message: object): fc.Arbitrary<string> {
  const json = JSON.stringify(message);
  const field = fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES))
    .map(([name, value]) => `"${name}":${value}`);
  return fc.tuple(fc.constantFrom(...beginnings(json)), field).map(([at, text]) => {
    const rest = json.slice(at);
    return json.slice(0, at) + text + (rest.startsWith('}') ? '' : ',') + rest;
  });
}

/** Where the objects in a JSON text begin, behind their brace. */
const beginnings = (json: string): number[] =>
  [...json.matchAll(/"(?:\\.|[^"\\])*"|\{/g)]
    .filter(([found]) => found === '{')
    .map(({ index }) => index + 1);
