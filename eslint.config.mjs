// Run it through nx (`npm run lint`): run bare, the rule about borders finds no project graph and says nothing.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may ask whom (docs: README.md, "Who talks to whom"). Tags are in each package.json, under nx.tags. */
const BORDERS = [
  { sourceTag: 'contract:rpc', onlyDependOnLibsWithTags: ['errors'] },
  ...['users', 'credentials', 'flows', 'events'].map((name) => ({
    sourceTag: `contract:${name}`,
    onlyDependOnLibsWithTags: ['contract:rpc'],
  })),
  {
    sourceTag: 'platform',
    onlyDependOnLibsWithTags: ['platform', 'contract:rpc', 'contract:events', 'test'],
  },
  { sourceTag: 'test', onlyDependOnLibsWithTags: ['platform'] },
  ...Object.entries({
    users: [],
    credentials: [],
    flows: ['contract:users', 'contract:credentials'],
    gateway: ['contract:users', 'contract:credentials', 'contract:flows'],
  }).map(([name, asked]) => ({
    sourceTag: `service:${name}`,
    onlyDependOnLibsWithTags: [
      'platform',
      'contract:rpc',
      'contract:events',
      `contract:${name}`,
      'test',
      ...asked,
    ],
  })),
  { sourceTag: 'e2e', onlyDependOnLibsWithTags: ['contract:events', 'contract:rpc', 'platform'] },
];

/** Packages that one place alone may use, so that what they do stays behind its door. */
const KEPT = {
  otplib: ['apps/credentials/'],
  '@node-rs/argon2': ['apps/credentials/'],
  qrcode: ['apps/gateway/'],
  nodemailer: ['apps/flows/'],
  '@nats-io/*': ['libs/bus/', 'libs/events/', 'libs/service/'],
  typeorm: ['apps/', 'libs/database/', 'libs/events/', 'libs/service/'],
};

const TESTS = ['**/*.spec.ts', '**/*.spec.tsx', '**/*.suite.ts', '**/testing/**', 'e2e/**'];

const homes = [...new Set(['', ...Object.values(KEPT).flat()])].sort((a, b) => a.length - b.length);
const keptElsewhere = homes.map((home) => ({
  files: [`${home}**/*.ts`, `${home}**/*.tsx`],
  ignores: TESTS,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: Object.entries(KEPT)
          .filter(([, allowed]) => !allowed.some((prefix) => home.startsWith(prefix)))
          .map(([name, allowed]) => ({
            group: [name, `${name}/**`],
            message: `Only ${allowed.join(', ')} may use it.`,
            allowTypeImports: true,
          })),
      },
    ],
  },
}));

/** Plain scripts that also run before anything is installed; the tests start their servers with them. */
const TOOLS = ['^(\\.\\./)+tools/[a-z-]+\\.mjs$'];

const borders = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      banTransitiveDependencies: false,
      allow: TOOLS,
      depConstraints,
    },
  ],
});
const withoutTestBed = BORDERS.map(({ onlyDependOnLibsWithTags: tags, ...rest }) => ({
  ...rest,
  onlyDependOnLibsWithTags: tags.filter((tag) => tag !== 'test'),
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/node_modules',
      '.nx',
      '.tumbler',
      '**/*.d.mts',
      '**/vitest.config.ts',
      'vitest.base.ts',
    ],
  },
  { plugins: { '@nx': nx } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: {
      ...borders(withoutTestBed),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['error', 400],
    },
  },
  {
    files: TESTS.map((pattern) => (pattern.endsWith('**') ? `${pattern}/*.ts` : pattern)),
    rules: {
      ...borders(BORDERS),
      // What a test reads from a reply or gives to a matcher has no type, and a wrong guess fails the test.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  ...keptElsewhere,
  // What is wrong with the configuration is said before there is a logger.
  { files: ['apps/*/src/main.ts'], rules: { 'no-console': ['error', { allow: ['error'] }] } },
  {
    files: ['tools/**/*.mjs', 'docs/**/*.mjs'],
    rules: { 'max-lines': ['error', 400], 'no-unused-vars': 'error' },
  },
);
