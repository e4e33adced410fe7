import { checkRules, plantImport } from './check-rules.ts'
import { enginesNameNoTable } from './rules/engines-name-no-table.ts'
import { filesHaveNoCycle } from './rules/no-cycles.ts'
import { noForeignInstanceof } from './rules/no-foreign-instanceof.ts'
import { rootsNeverReachSql } from './rules/roots-never-reach-sql.ts'

const core = 'packages/core/src'
const state = 'packages/state/src'
const sqlite = 'packages/driver-sqlite/src'
const fs = 'packages/driver-fs/src'

checkRules([
  {
    name: 'a root entry never reaches sql by a static import',
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
    name: 'no table name in an engine package',
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
    name: 'no cycle of files',
    rule: filesHaveNoCycle,
    plants: [
      ['of two', `${core}/event-id.ts`, `export * from './index.ts'`, 'a cycle: '],
      ['of types', `${core}/event-id.ts`, `import type { T } from './index.ts'`, 'a cycle: '],
      ['with itself', `${core}/bad.ts`, `import './bad.ts'`, `a cycle: ${core}/bad.ts`],
      ['over its name', `${state}/open-store.ts`, `import '@harborage/state'`, 'a cycle: '],
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
      plantImport('bytes', fs, `export const is = b instanceof Uint8Array`),
      [
        'a library',
        `${sqlite}/bad.ts`,
        `import Client from 'better-sqlite3'\nexport const is = c instanceof Client`,
        `${sqlite}/bad.ts:2`,
      ],
      plantImport('a member', core, `export const is = s instanceof globalThis.AbortSignal`),
    ],
  },
])
