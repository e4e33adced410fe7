import { checkRules, plantImport, type Plant } from './check-rules.ts'
import { manifest } from './planted-workspace.ts'
import { dialectsKeepTheirSql } from './rules/dialects-keep-their-sql.ts'
import { filesHaveNoCycle } from './rules/no-cycles.ts'
import { noForeignInstanceof } from './rules/no-foreign-instanceof.ts'
import { rootsNeverReachSql } from './rules/roots-never-reach-sql.ts'
import { storesNameTheirTables } from './rules/stores-name-their-tables.ts'

const core = 'packages/core/src'
const state = 'packages/state/src'
const sqlite = 'packages/driver-sqlite/src'
const fs = 'packages/driver-fs/src'

/** In the sql folder of a store. */
function plantSql(what: string, content: string): Plant {
  return plantImport(what, `${state}/sql`, content)
}

checkRules([
  {
    name: 'no entry but sql reaches sql by a static import',
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
      [
        'another entry',
        'packages/core/package.json',
        manifest('core', 'core', {
          exports: {
            '.': './src/index.ts',
            './adapter': './src/adapter/index.ts',
            './kit': './src/kit/index.ts',
            './sql': './src/sql/index.ts',
            './more': './src/sql/index.ts',
          },
          dependencies: ['kysely'],
        }),
        `${core}/sql/index.ts reaches kysely`,
      ],
    ],
  },
  {
    name: 'the SQL of one engine is in its dialect',
    rule: dialectsKeepTheirSql,
    plants: [
      plantSql('a lock', `query.forUpdate()`),
      plantSql('a lock as text', 'sql`select 1 for update`'),
      plantSql('a function', 'sql`strpos(${text}, ${part})`'),
      plantSql('a catalog', 'sql`select 1 from pg_catalog.pg_class`'),
      plantSql('a type', `const type = 'bytea'`),
      plantSql('the other type', 'sql.raw(`blob`)'),
      plantSql('a cast', 'sql`${value}::text`'),
      plantSql('an array', 'sql`id = any(${ids})`'),
      plantSql('a collation', `const type = 'text collate "C"'`),
      plantSql('a trigger', 'sql`create trigger keep after insert on notes`'),
      plantSql('a question', `if (database.engine === 'postgres') lock()`),
      plantImport('in core', `${core}/sql`, 'sql`select unnest(${ids})`'),
    ],
  },
  {
    name: 'no table name in core or in an engine package',
    rule: storesNameTheirTables,
    plants: [
      ['state', `${sqlite}/bad.ts`, 'const s = `select * from state_records`', `${sqlite}/bad.ts`],
      ['artifacts', `${sqlite}/bad.ts`, `const t = 'artifacts_blobs'`, `${sqlite}/bad.ts`],
      ['in core', `${core}/sql/bad.ts`, `const t = 'state_kinds'`, `${core}/sql/bad.ts`],
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
