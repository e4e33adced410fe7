import {
  artifactsSubsystem,
  compileArtifactStatements,
  openSqlArtifactDriver,
} from '@harborage/artifacts/sql'
import {
  compileStepStatements,
  stepsSubsystem,
  type SqlDatabase,
  type SqlStatement,
  type Subsystem,
} from '@harborage/core/sql'
import {
  compileJournalStatements,
  journalSubsystem,
  openSqlJournalDriver,
} from '@harborage/journal/sql'
import {
  compileMemoryStatements,
  memorySubsystem,
  openSqlMemoryDriver,
} from '@harborage/memory/sql'
import { compileStateStatements, openSqlStateDriver, stateSubsystem } from '@harborage/state/sql'
import { describe, expect, test } from 'vitest'
import { RecordingDatabase } from './recording-database.ts'
import { tenantFaults } from './tenant-faults.ts'

/** A store, and how to compile all of its statements. */
interface StoreOnSql {
  readonly subsystem: Subsystem
  readonly open: (database: SqlDatabase, migrate: 'verify') => Promise<unknown>
  readonly statementsOf: (database: SqlDatabase) => object
  /** The statements that cross tenants, for calls that claim a maintenance scope. */
  readonly maintenance: readonly string[]
}

const stores: readonly StoreOnSql[] = [
  {
    subsystem: stateSubsystem,
    open: openSqlStateDriver,
    statementsOf: compileStateStatements,
    maintenance: [
      'state_list_kind_page',
      'state_list_kind_page_sizes',
      'state_dump_page',
      'state_dump_page_sizes',
      'state_tenants',
    ],
  },
  {
    subsystem: artifactsSubsystem,
    open: openSqlArtifactDriver,
    statementsOf: compileArtifactStatements,
    maintenance: ['artifacts_tenants'],
  },
  {
    subsystem: memorySubsystem,
    open: openSqlMemoryDriver,
    statementsOf: compileMemoryStatements,
    maintenance: [
      'memory_dump_next',
      'memory_tenants',
      'memory_passages_collections',
      'memory_passages_tenants',
    ],
  },
  {
    subsystem: journalSubsystem,
    open: openSqlJournalDriver,
    statementsOf: compileJournalStatements,
    maintenance: ['journal_dump_heads', 'journal_tenants'],
  },
]

/** The tables whose rows belong to tenants. */
const tables = new Set(
  [...stores.map(({ subsystem }) => subsystem), stepsSubsystem].flatMap((subsystem) =>
    (subsystem.tables ?? []).flatMap(({ name, keyOrders = [] }) => [
      name,
      ...keyOrders.map(({ keyTable }) => keyTable.name),
    ]),
  ),
)

/** The tables of the indexes of words, by the names of the indexes. */
const indexes = new Map(
  stores.flatMap(({ subsystem }) =>
    (subsystem.tables ?? []).flatMap(({ name, words }) =>
      words === undefined ? [] : [[words.name, name] as const],
    ),
  ),
)

const everyStore = stores.flatMap((store) =>
  (['sqlite', 'postgres'] as const).map((engine) => ({
    ...store,
    name: store.subsystem.name,
    engine,
  })),
)

test.for(everyStore)(
  'every statement of $name on $engine binds the tenant, or is one for maintenance',
  async ({ engine, subsystem, open, statementsOf, maintenance }) => {
    const database = new RecordingDatabase(engine, subsystem)
    await open(database, 'verify')
    const { compiled } = database
    // Steps are opened with each store that takes part in them.
    const named = namedStatements({
      ...statementsOf(database),
      steps: compileStepStatements(database),
    })
    const exempt = [...maintenance, 'steps_prune'].map((name) => named.get(name))
    expect(exempt).not.toContain(undefined)
    expect(compiled.length).toBeGreaterThan(8)
    for (const sql of named.values()) expect(compiled).toContain(sql)
    for (const sql of compiled) {
      const faults = tenantFaults(sql, tables, indexes)
      if (exempt.includes(sql)) expect([sql, faults]).not.toEqual([sql, []])
      else expect([sql, faults]).toEqual([sql, []])
    }
  },
)

/** Returns the SQL of all statements of a store by their names. */
function namedStatements(statements: object): Map<string, string> {
  const found = new Map<string, string>()
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isStatement(value)) found.set(value.name, value.sql)
    else Object.values(value).forEach(add)
  }
  const { dialect: _, ...members }: { readonly dialect?: unknown } = { ...statements }
  add(members)
  return found
}

function isStatement(value: object): value is SqlStatement<never, unknown> {
  return 'sql' in value && 'name' in value
}

describe.for(['sqlite', 'postgres'] as const)('a list of artifacts on %s', (engine) => {
  const parts = ['userId', 'sessionId', 'taskId', 'namespace'] as const
  /** Every set of the other parts that a filter may name. */
  const filters = Array.from({ length: 2 ** parts.length }, (_, chosen) =>
    parts.filter((_part, index) => Math.floor(chosen / 2 ** index) % 2 === 1),
  )
  const scope = { tenantId: 'acme', userId: 'a', sessionId: 'a', taskId: 'a' }
  const bound = { scope, namespace: 'a', id: 'a_0123456789ab' }

  test.for([
    { tenantId: 'acme', title: 'with a tenant binds it', faults: 0 },
    { tenantId: undefined, title: 'for maintenance, without a tenant, is reported', faults: 1 },
  ])('$title', async ({ tenantId, faults }) => {
    const database = new RecordingDatabase(engine, artifactsSubsystem)
    const driver = await openSqlArtifactDriver(database, 'verify')
    const before = database.compiled.length
    for (const named of filters) {
      const [userId, sessionId, taskId, namespace] = parts.map((part) =>
        named.includes(part) ? 'a' : undefined,
      )
      const filter = { tenantId, userId, sessionId, taskId, namespace }
      const page = { ...filter, after: undefined, limit: 10, maxBytes: 1_000 }
      await driver.listPage({ ...page, order: 'ascending', from: undefined, to: undefined })
      await driver.listPage({ ...page, order: 'descending', from: bound, to: bound })
    }
    const lists = database.compiled.slice(before)
    expect(lists).toHaveLength(4 * filters.length)
    for (const sql of lists) expect(tenantFaults(sql, tables)).toHaveLength(faults)
  })
})

const plants: readonly (readonly [how: string, sql: string])[] = [
  ['no condition', 'select "kind" from "state_records"'],
  ['another column', 'select "kind" from "state_records" where ("user_id" = ?)'],
  ['one case of several', 'delete from "state_records" where ("tenant_id" = ? or "kind" = ?)'],
  ['the other case', 'delete from "state_records" where "tenant_id" = ? or "kind" = ?'],
  ['a denial', 'delete from "state_records" where not ("tenant_id" = ?)'],
  ['another comparison', 'select "kind" from "state_records" where "tenant_id" > ?'],
  ['itself', 'select "kind" from "state_records" where "tenant_id" = "tenant_id"'],
  [
    'only a query within',
    'delete from "memory_state" where exists (select 1 from "memory_state" where "tenant_id" = $1)',
  ],
  [
    'only the other query',
    'select "kind" from "state_records" where "user_id" = ? union all select "kind" from "state_records" where "tenant_id" = ?',
  ],
  [
    'not in the rows that follow',
    'with recursive "found" ("user_id") as (select * from (select "user_id" from "state_records" where "tenant_id" = ? limit 1) as beginning union all select following."user_id" from "found" cross join "state_records" as following where following.rowid = (select "rowid" from "state_records" where "user_id" > "found"."user_id" limit 1) and "following"."tenant_id" = ?) select "user_id" from "found"',
  ],
  [
    'not the query within',
    'delete from "memory_state" where "tenant_id" = $1 and exists (select 1 from "memory_state")',
  ],
  ['a row without it', 'insert into "memory_state" ("user_id", "kind") values (?, ?)'],
  [
    'a conflict of another key',
    'insert into "state_records" ("tenant_id", "kind") values (?, ?) on conflict ("kind") do update set "kind" = ?',
  ],
  [
    'keys that do not name it',
    'with asked (kind) as (values (?)) select "kind" from "state_records" where ("user_id", "kind") in (select * from asked)',
  ],
  [
    'not the row that an index of words finds',
    'select "kind" from "memory_passages" where "memory_passages"."id" in (select rowid from "memory_passages_words" where "memory_passages_words" match ?)',
  ],
  [
    'an index of words, read without its table',
    'select rowid from "memory_passages_words" where "memory_passages_words" match ?',
  ],
  [
    'an index of words beside another table',
    'select "kind" from "state_records" where "tenant_id" = ? and "id" in (select rowid from "memory_passages_words" where "memory_passages_words" match ?)',
  ],
  ['an unknown table', 'select "kind" from "records" where "tenant_id" = ?'],
]

test.for(plants)('a statement that binds the tenant by %s is reported', ([, sql]) => {
  expect(tenantFaults(sql, tables, indexes)).not.toEqual([])
})
