import { checkRules, plantImport } from './check-rules.ts'
import { allReferences, manifest, references } from './planted-workspace.ts'
import { packagesHaveNoCycle } from './rules/no-cycles.ts'
import {
  importsAreDeclared,
  kyselyIsNoPeer,
  packagesAreEnteredByTheirExports,
  publishedImportsNothingPrivate,
} from './rules/published-packages-stand-alone.ts'
import {
  referencesEqualDependencies,
  rootRefersToAll,
  testsReferToTheirKit,
} from './rules/references-equal-dependencies.ts'

const state = 'packages/state/src'
const sqlite = 'packages/driver-sqlite/src'
const fs = 'packages/driver-fs/src'
const adapter = 'adapters/frame/src'
const tool = 'tools/cli/src'

checkRules([
  {
    name: 'no cycle of packages',
    rule: packagesHaveNoCycle,
    plants: [
      [
        'by a peer',
        'packages/core/package.json',
        manifest('core', 'core', { peerDependencies: ['@harborage/state'] }),
        'a cycle: @harborage/',
      ],
    ],
  },
  {
    name: 'nothing published imports tests, examples or bench',
    rule: publishedImportsNothingPrivate,
    plants: [
      plantImport('by path', state, `import '../../../tests/kit/src/server.ts'`),
      plantImport('by name', state, `import '@harborage/test-kit/server'`),
      plantImport('a type of them', state, `import type { S } from '@harborage/test-kit/server'`),
      plantImport('its own tests', state, `import '../test/fixture.ts'`),
      plantImport('bench', state, `import '../../../bench/x.ts'`),
      plantImport('from a store driver', fs, `import '../../../bench/x.ts'`),
      plantImport('from an adapter', adapter, `import '../../../examples/demo/src/main.ts'`),
      plantImport('from a tool', tool, `import '@harborage/tests'`),
    ],
  },
  {
    name: 'packages are entered by their exports only',
    rule: packagesAreEnteredByTheirExports,
    plants: [
      plantImport('internals', state, `import '@harborage/core/internal/x.ts'`),
      plantImport('no root', state, `import '@harborage/conformance'`),
      plantImport('from a tool', tool, `import '@harborage/core/src/event-id.ts'`),
    ],
  },
  {
    name: 'what a package imports stands in its manifest',
    rule: importsAreDeclared,
    plants: [
      plantImport('a library', state, `import 'zod'`),
      plantImport('types', state, `import type { T } from '@scope/types/deep'`),
      plantImport('a package', sqlite, `import '@harborage/state'`),
      plantImport('from a store driver', fs, `import 'ulid'`),
      plantImport('from an adapter', adapter, `import '@frame/other'`),
    ],
  },
  {
    name: 'kysely is installed by the packages that need it, and never by the user',
    rule: kyselyIsNoPeer,
    plants: [
      [
        'a peer',
        'packages/state/package.json',
        manifest('state', 'store', { peerDependencies: ['kysely'] }),
        'packages/state/package.json has kysely as a peer',
      ],
    ],
  },
  {
    name: 'project references equal workspace dependencies',
    rule: referencesEqualDependencies,
    plants: [
      [
        'one less',
        'packages/state/tsconfig.json',
        references(),
        'packages/state/tsconfig.json has no',
      ],
      [
        'one more',
        'packages/core/tsconfig.json',
        references('../state'),
        'packages/core/tsconfig.json refers to packages/state',
      ],
      [
        'none in tests',
        'tests/tsconfig.json',
        references('../packages/core', 'kit'),
        'tests/tsconfig.json has no reference to packages/state',
      ],
      [
        'none to the kit',
        'tests/tsconfig.json',
        references('../packages/core', '../packages/state'),
        'tests/tsconfig.json has no reference to tests/kit',
      ],
    ],
  },
  {
    name: 'the tests of a package refer to the kit that it depends on for them',
    rule: testsReferToTheirKit,
    plants: [
      [
        'none',
        'packages/core/test/tsconfig.json',
        references('..'),
        'packages/core/test/tsconfig.json has no reference to tests/kit',
      ],
    ],
  },
  {
    name: 'the root refers to every package and to its tests',
    rule: rootRefersToAll,
    plants: ['adapters/frame', 'tools/cli', 'examples/demo', 'packages/core/test'].map(
      (missing) =>
        [
          missing,
          'tsconfig.json',
          references(...allReferences.filter((folder) => folder !== missing)),
          `tsconfig.json has no reference to ${missing}`,
        ] as const,
    ),
  },
])
