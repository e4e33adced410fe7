import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { manifest, plantedWorkspace, references } from './planted-workspace.ts'
import type { Rule } from './rule.ts'
import {
  conformanceImportsNoRunner,
  conformanceUsesPublicEntries,
} from './rules/conformance-uses-public-entries.ts'
import { coreImportsNothing, onlySqlImportsKysely } from './rules/core-imports-nothing.ts'
import {
  enginesImportNoStore,
  enginesNameNoTable,
  storesUseNoClientLibrary,
} from './rules/engines-know-no-store.ts'
import { filesHaveNoCycle, packagesHaveNoCycle } from './rules/no-cycles.ts'
import { noForeignInstanceof } from './rules/no-foreign-instanceof.ts'
import {
  importsAreDeclared,
  kyselyIsNoPeer,
  packagesAreEnteredByTheirExports,
  publishedImportsNothingPrivate,
} from './rules/published-packages-stand-alone.ts'
import { referencesEqualDependencies } from './rules/references-equal-dependencies.ts'
import { storeDriversNeedNoSql } from './rules/store-drivers-stand-on-files.ts'
import { rootsNeverReachSql, storesImportCoreOnly } from './rules/stores-import-core-only.ts'
import { readWorkspace } from './workspace.ts'

interface Guarded {
  readonly name: string
  readonly rule: Rule
  /** For each: what is planted, into which file, and how the report begins. */
  readonly plants: readonly (readonly [
    what: string,
    path: string,
    content: string,
    report: string,
  ])[]
}

const core = 'packages/core/src'
const state = 'packages/state/src'
const conformance = 'packages/conformance/src'
const sqlite = 'packages/driver-sqlite/src'
const fs = 'packages/driver-fs/src'

const guarded: readonly Guarded[] = [
  {
    name: 'rule 1: core imports nothing of the workspace',
    rule: coreImportsNothing,
    plants: [
      ['a store', `${core}/bad.ts`, `import '@harborage/state'`, `${core}/bad.ts:1`],
      [
        'a type',
        `${core}/bad.ts`,
        `\nimport type { T } from '@harborage/state'`,
        `${core}/bad.ts:2`,
      ],
      [
        'a type in place',
        `${core}/bad.ts`,
        `type T = import('@harborage/state').T`,
        `${core}/bad.ts:1`,
      ],
      ['later', `${core}/bad.ts`, `await import('@harborage/driver-sqlite')`, `${core}/bad.ts:1`],
      [
        'an export',
        `${core}/sql/bad.ts`,
        `export * from '@harborage/state'`,
        `${core}/sql/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'rule 1: only core/sql imports kysely',
    rule: onlySqlImportsKysely,
    plants: [
      ['in core', `${core}/bad.ts`, `import { sql } from 'kysely'`, `${core}/bad.ts:1`],
      ['for a type', `${core}/bad.ts`, `import type { Kysely } from 'kysely'`, `${core}/bad.ts:1`],
      ['a part of it', `${core}/bad.ts`, `import 'kysely/helpers/sqlite'`, `${core}/bad.ts:1`],
      ['in a store', `${state}/bad.ts`, `await import('kysely')`, `${state}/bad.ts:1`],
    ],
  },
  {
    name: 'rule 2: a store imports core only',
    rule: storesImportCoreOnly,
    plants: [
      ['a store', `${state}/bad.ts`, `import '@harborage/artifacts'`, `${state}/bad.ts:1`],
      [
        'a driver',
        `${state}/bad.ts`,
        `await import('@harborage/driver-sqlite')`,
        `${state}/bad.ts:1`,
      ],
      [
        'core/sql',
        `${state}/bad.ts`,
        `import type { E } from '@harborage/core/sql'`,
        `${state}/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'rule 2: a root entry never reaches sql by a static import',
    rule: rootsNeverReachSql,
    plants: [
      [
        'at once',
        `${state}/index.ts`,
        `import './sql/index.ts'`,
        `${state}/index.ts reaches ./sql`,
      ],
      [
        'over a file',
        `${state}/open-store.ts`,
        `export * from './sql/index.ts'`,
        `${state}/index.ts`,
      ],
      [
        'a type',
        `${state}/open-store.ts`,
        `import type { E } from './sql/index.ts'`,
        `${state}/index.ts`,
      ],
      ['core/sql', `${state}/open-store.ts`, `import '@harborage/core/sql'`, `${state}/index.ts`],
      ['kysely', `${state}/open-store.ts`, `import type { K } from 'kysely'`, `${state}/index.ts`],
      [
        'its own name',
        `${state}/open-store.ts`,
        `import '@harborage/state/sql'`,
        `${state}/index.ts`,
      ],
    ],
  },
  {
    name: 'rule 3: an engine package imports core, kysely and its client library only',
    rule: enginesImportNoStore,
    plants: [
      ['a store', `${sqlite}/bad.ts`, `import '@harborage/state'`, `${sqlite}/bad.ts:1`],
      [
        'an engine',
        `${sqlite}/bad.ts`,
        `import '@harborage/driver-postgres'`,
        `${sqlite}/bad.ts:1`,
      ],
      [
        'the other client',
        `${sqlite}/bad.ts`,
        `import type { Pool } from 'pg'`,
        `${sqlite}/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'rule 3: no table name in an engine package',
    rule: enginesNameNoTable,
    plants: [
      ['state', `${sqlite}/bad.ts`, 'const s = `select * from state_records`', `${sqlite}/bad.ts`],
      ['artifacts', `${sqlite}/bad.ts`, `const t = 'artifacts_blobs'`, `${sqlite}/bad.ts`],
      [
        'memory',
        `${sqlite}/bad.ts`,
        `interface Tables { memory_state: object }`,
        `${sqlite}/bad.ts`,
      ],
    ],
  },
  {
    name: 'rule 3: no client library in a store package',
    rule: storesUseNoClientLibrary,
    plants: [
      ['in sql', `${state}/sql/bad.ts`, `import type { Pool } from 'pg'`, `${state}/sql/bad.ts:1`],
      ['later', `${core}/bad.ts`, `await import('better-sqlite3')`, `${core}/bad.ts:1`],
      [
        'in the manifest',
        'packages/state/package.json',
        manifest('state', { dependencies: ['@harborage/core', 'pg'] }),
        'packages/state/package.json depends on pg',
      ],
    ],
  },
  {
    name: 'beside rule 3: a store driver imports core, its store, Node and zod only',
    rule: storeDriversNeedNoSql,
    plants: [
      ['another store', `${fs}/bad.ts`, `import '@harborage/state'`, `${fs}/bad.ts:1`],
      ['an engine', `${fs}/bad.ts`, `import '@harborage/driver-sqlite'`, `${fs}/bad.ts:1`],
      ['kysely', `${fs}/bad.ts`, `import type { Kysely } from 'kysely'`, `${fs}/bad.ts:1`],
      ['a client', `${fs}/bad.ts`, `await import('better-sqlite3')`, `${fs}/bad.ts:1`],
      ['sql', `${fs}/bad.ts`, `import '@harborage/artifacts/sql'`, `${fs}/bad.ts:1`],
      ['core/sql', `${fs}/bad.ts`, `import '@harborage/core/sql'`, `${fs}/bad.ts:1`],
    ],
  },
  {
    name: "rule 4: conformance imports the stores' public entries only",
    rule: conformanceUsesPublicEntries,
    plants: [
      [
        'a deep one',
        `${conformance}/bad.ts`,
        `import '@harborage/state/src/x.ts'`,
        `${conformance}/bad.ts:1`,
      ],
      ['sql', `${conformance}/bad.ts`, `import '@harborage/state/sql'`, `${conformance}/bad.ts:1`],
      [
        'a driver',
        `${conformance}/bad.ts`,
        `import '@harborage/driver-sqlite'`,
        `${conformance}/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'rule 4: conformance imports no test runner',
    rule: conformanceImportsNoRunner,
    plants: [
      [
        'vitest',
        `${conformance}/bad.ts`,
        `import type { it } from 'vitest'`,
        `${conformance}/bad.ts:1`,
      ],
      [
        "Node's",
        `${conformance}/bad.ts`,
        `import { it } from 'node:test'`,
        `${conformance}/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'rule 5: no cycle of packages',
    rule: packagesHaveNoCycle,
    plants: [
      [
        'by a peer',
        'packages/core/package.json',
        manifest('core', { peerDependencies: ['@harborage/state'] }),
        'a cycle: @harborage/',
      ],
    ],
  },
  {
    name: 'rule 5: no cycle of files',
    rule: filesHaveNoCycle,
    plants: [
      ['of two', `${core}/event-id.ts`, `export * from './index.ts'`, 'a cycle: '],
      ['of types', `${core}/event-id.ts`, `import type { T } from './index.ts'`, 'a cycle: '],
      ['with itself', `${core}/bad.ts`, `import './bad.ts'`, `a cycle: ${core}/bad.ts`],
      ['over its name', `${state}/open-store.ts`, `import '@harborage/state'`, 'a cycle: '],
    ],
  },
  {
    name: 'rule 5: nothing published imports tests, examples or bench',
    rule: publishedImportsNothingPrivate,
    plants: [
      [
        'by path',
        `${state}/bad.ts`,
        `import '../../../tests/support/server.ts'`,
        `${state}/bad.ts:1`,
      ],
      ['by name', `${state}/bad.ts`, `import '@harborage/tests'`, `${state}/bad.ts:1`],
      ['its own tests', `${state}/bad.ts`, `import '../test/fixture.ts'`, `${state}/bad.ts:1`],
      ['bench', `${state}/bad.ts`, `import '../../../bench/x.ts'`, `${state}/bad.ts:1`],
    ],
  },
  {
    name: 'instanceof asks about classes of this workspace only',
    rule: noForeignInstanceof,
    plants: [
      [
        'an error',
        `${state}/bad.ts`,
        `\nexport const is = (e: unknown) => e instanceof Error`,
        `${state}/bad.ts:2`,
      ],
      ['bytes', `${fs}/bad.ts`, `export const is = b instanceof Uint8Array`, `${fs}/bad.ts:1`],
      [
        'a library',
        `${sqlite}/bad.ts`,
        `import Client from 'better-sqlite3'\nexport const is = c instanceof Client`,
        `${sqlite}/bad.ts:2`,
      ],
      [
        'a member',
        `${core}/bad.ts`,
        `export const is = s instanceof globalThis.AbortSignal`,
        `${core}/bad.ts:1`,
      ],
    ],
  },
  {
    name: 'packages are entered by their exports only',
    rule: packagesAreEnteredByTheirExports,
    plants: [
      [
        'internals',
        `${state}/bad.ts`,
        `import '@harborage/core/internal/x.ts'`,
        `${state}/bad.ts:1`,
      ],
      ['no root', `${state}/bad.ts`, `import '@harborage/conformance'`, `${state}/bad.ts:1`],
    ],
  },
  {
    name: 'what a package imports stands in its manifest',
    rule: importsAreDeclared,
    plants: [
      ['a library', `${state}/bad.ts`, `import 'zod'`, `${state}/bad.ts:1`],
      [
        'types',
        `${state}/bad.ts`,
        `import type { T } from '@scope/types/deep'`,
        `${state}/bad.ts:1`,
      ],
      ['a package', `${sqlite}/bad.ts`, `import '@harborage/state'`, `${sqlite}/bad.ts:1`],
    ],
  },
  {
    name: 'kysely is installed by the packages that need it, and never by the user',
    rule: kyselyIsNoPeer,
    plants: [
      [
        'a peer',
        'packages/state/package.json',
        manifest('state', { peerDependencies: ['kysely'] }),
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
        references('../packages/core'),
        'tests/tsconfig.json has',
      ],
    ],
  },
]

const workspace = readWorkspace(join(import.meta.dirname, '../..'))
const lawful = plantedWorkspace()

test('the checker sees the packages of this workspace and their files', () => {
  expect(workspace.packages.map(({ name, role }) => `${role} ${name}`)).toEqual(
    expect.arrayContaining([
      'core @harborage/core',
      'store @harborage/state',
      'conformance @harborage/conformance',
      'engine @harborage/driver-sqlite',
      'engine @harborage/driver-postgres',
      'store @harborage/artifacts',
      'store driver @harborage/driver-fs',
    ]),
  )
  const empty = workspace.packages.filter(({ files }) => files.length === 0)
  expect(empty.map(({ folder }) => folder)).toEqual([])
  expect(workspace.privatePackages.map(({ folder }) => folder)).toContain('tests')
})

describe.each(guarded)('$name', ({ rule, plants }) => {
  test('holds here', () => {
    expect(rule(workspace)).toEqual([])
  })

  test('has nothing against a lawful workspace', () => {
    expect(rule(lawful)).toEqual([])
  })

  test.each(plants)('reports a planted violation: %s', (_, path, content, report) => {
    const violations = rule(plantedWorkspace({ [path]: content }))
    expect(violations).toHaveLength(1)
    expect(violations[0]).toContain(report)
  })
})
