import { users, type Realm, type SearchUsers } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUsers } from '../testing/test-users.js';
import { usersPage } from './user-search.js';

let service: TestUsers;
let realm: Realm;
const ids: Record<string, string> = {};

beforeAll(async () => {
  service = await TestUsers.start();
  realm = await service.openRealm();
  const other = await service.realm();
  await service.user(other, { username: 'ann' });
  const people = [
    { username: 'ann', email: 'ann@corp.example', firstName: 'Ann', lastName: 'Lee', emailVerified: true },
    { username: 'annabel', email: 'bel@home.example', firstName: 'Annabel', lastName: 'O_Hara' },
    { username: 'bob', email: 'bob@corp.example', firstName: 'Bob', lastName: 'Annison', enabled: false },
    {
      username: 'joanne',
      firstName: 'Élodie',
      lastName: 'Van Dyk',
      attributes: { Team: ['Red Rose', 'blue'], floor: ['2'] },
    },
  ];
  for (const person of people) ids[person.username] = await service.user(realm, person);
});
afterAll(() => service.close());

const search = async (filter: Partial<SearchUsers>) => {
  const found = await service.bus.call(users.search, { realmId: realm.id, ...filter });
  return found.map(({ username }) => username);
};

describe('a search', () => {
  it.each<[string, Partial<SearchUsers>, string[]]>([
    ['for nothing in particular lists everybody, by name', {}, ['ann', 'annabel', 'bob', 'joanne']],
    ['gives the page that was asked for', { first: 1, max: 2 }, ['annabel', 'bob']],
    ['gives nothing when nothing is asked for', { max: 0 }, []],
    ['gives nothing from beyond the end', { first: 1e21, max: 10 }, []],

    ['finds beginnings, in names and addresses', { search: 'ANN' }, ['ann', 'annabel', 'bob']],
    ['takes * for anything', { search: '*ann' }, ['ann', 'annabel', 'bob', 'joanne']],
    [
      'takes * in the middle, and tells who is called so before whose address reads so',
      { search: 'a*l' },
      ['annabel', 'ann'],
    ],
    ['takes quotes for exactly this', { search: '"ann"' }, ['ann']],
    ['takes quotes around several words', { search: '"van dyk"' }, ['joanne']],
    ['wants every word', { search: 'ann lee' }, ['ann']],
    ['looks at upper-case letters beyond ASCII', { search: 'élo' }, ['joanne']],
    ['takes % and _ for what they are', { search: 'o_h' }, ['annabel']],
    ['takes % for what it is', { search: '%' }, []],
    ['bears a NUL', { search: 'a\0' }, []],

    ['finds parts of a username', { username: 'nn' }, ['ann', 'annabel', 'joanne']],
    ['finds parts of an address', { email: '@CORP' }, ['ann', 'bob']],
    ['finds parts of names', { firstName: 'bel', lastName: 'hara' }, ['annabel']],
    ['finds the whole where told so', { username: 'ANN', exact: true }, ['ann']],
    ['finds no part where told so', { lastName: 'le', exact: true }, []],
    ['is not told so for words', { search: 'ann', exact: true }, ['ann', 'annabel', 'bob']],
    ['takes % for what it is in a field', { lastName: 'o_h' }, ['annabel']],

    ['finds the disabled', { enabled: false }, ['bob']],
    ['finds the enabled', { enabled: true, search: 'ann' }, ['ann', 'annabel']],
    ['finds the verified', { emailVerified: true }, ['ann']],

    ['finds attributes', { q: 'floor:2' }, ['joanne']],
    ['finds all of several, in any case', { q: 'Team:BLUE floor:2' }, ['joanne']],
    ['finds values with spaces', { q: 'Team:"red rose"' }, ['joanne']],
    ['finds no part of a value', { q: 'Team:red' }, []],
    ['finds built-in fields among attributes', { q: 'email:ANN@corp.example' }, ['ann']],
    ['bears half a character', { q: 'a:\ud800' }, []],
    ['bears quotes and braces', { q: `a:"}' or true --` }, []],
  ])('%s', async (_, filter, expected) => {
    expect(await search(filter)).toEqual(expected);
    if (filter.max !== undefined) return;
    expect(await service.bus.call(users.count, { realmId: realm.id, ...filter })).toBe(expected.length);
  });

  it('tells each page once and leaves nobody out, whatever matches', async () => {
    const all = await search({ search: 'ann' });
    const pages = await Promise.all([0, 1, 2, 3].map((first) => search({ search: 'ann', first, max: 1 })));
    expect(pages.flat()).toEqual(all);
  });

  it('finds by ids', async () => {
    expect(await search({ search: `id:${ids.bob} not-an-id ${ids.ann}` })).toEqual(['ann', 'bob']);
  });

  it('shows each as an administrator sees a user', async () => {
    const [ann] = await service.bus.call(users.search, { realmId: realm.id, search: '"ann"' });
    expect(ann).toEqual(await service.bus.call(users.view, { realmId: realm.id, userId: ids.ann! }));
  });
});

describe('among many users', () => {
  const SOME = 30_000;
  beforeAll(async () => {
    const crowd = await service.realm({}, 'crowd');
    realm = crowd;
    await service.db.query(
      `insert into realm_user
         select gen_random_uuid(), $1, true, md5(n::text), md5(n::text) || '@crowd.example', false,
           md5('f' || n), 'crowd' || md5('l' || n), true, json_build_object('n', json_build_array(n::text)), '{}', null, now()
         from generate_series(1, ${SOME}) n`,
      [crowd.id],
    );
    await service.db.query('vacuum analyze realm_user');
  });

  it.each<[string, Partial<SearchUsers>]>([
    ['the first page', {}],
    ['words', { search: 'abcd' }],
    ['an exact word', { search: '"abcd"' }],
    ['a part of a username', { username: 'cdefa' }],
    ['a part of a name', { lastName: 'cdefa' }],
    ['an exact address', { email: 'a@crowd.example', exact: true }],
    ['an attribute', { q: 'n:77' }],
  ])('%s is found by an index', async (_, filter) => {
    const { sql, params } = usersPage({ realmId: realm.id, ...filter });
    const plan = await service.db.query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`, params);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).not.toContain('Seq Scan');
  });

  it.each<[string, Partial<SearchUsers>]>([
    ['the first page', {}],
    ['a word that begins thousands of names', { search: 'a' }],
    ['a word in a name that everybody has', { search: 'crowd' }],
  ])('%s costs as much as it is long', async (_, filter) => {
    const { sql, params } = usersPage({ realmId: realm.id, ...filter, max: 20 });
    const plan = await service.db.query<{ 'QUERY PLAN': string }[]>(
      `explain (analyze, timing off, summary off, buffers off) ${sql}`,
      params,
    );
    const rows = plan.flatMap((line) => /actual rows=(\d+)/.exec(line['QUERY PLAN'])?.[1] ?? []).map(Number);
    expect(Math.max(...rows)).toBeLessThan(100);
  });
});
