import type { Finding } from '@harborage/core'
import { isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'
import { countOf } from '../output/quantities.ts'
import { isBegun, readLedger } from '../places/ledger.ts'
import { readRows, tableIn } from '../places/read-rows.ts'
import { subsystemOf } from '../places/subsystems.ts'
import type { StoreName } from '../profile/profile.ts'

/** Resolves to the problems of the tables of stores. It changes nothing. */
export async function examineStores(
  database: SqlDatabase,
  stores: readonly StoreName[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  let hasTables = false
  for (const store of stores) {
    const subsystem = await subsystemOf(store)
    const ledger = await readLedger(database, subsystem)
    if (!isBegun(ledger)) continue
    hasTables = true
    if (ledger.unknown.length > 0) findings.push(tooNew(store, subsystem.packageName))
    if (ledger.pending.length > 0) findings.push(outdated(store, ledger.pending))
    if (ledger.unknown.length > 0 || ledger.pending.length > 0) continue
    findings.push(...(await examineRows(database, store)))
  }
  return hasTables ? findings : [noTables]
}

const noTables: Finding = {
  name: 'no_tables',
  grade: 'fails',
  message:
    'there are no tables of a store here, as in a new place or one that is misspelled: correct the DSN and the schema, or run harborage migrate',
}

async function examineRows(database: SqlDatabase, store: StoreName): Promise<readonly Finding[]> {
  try {
    if (store === 'memory') return await examineMemory(database)
    return store === 'journal' ? await examineJournal(database) : []
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return [missingTable(store)]
    throw error
  }
}

async function examineMemory(database: SqlDatabase): Promise<readonly Finding[]> {
  const state = tableIn(database, 'memory_state')
  const strategies = await count(
    database,
    'strategies',
    sql`select count(distinct strategy) as count from ${state} where kind = 'memory.state'`,
  )
  const orphans = await count(
    database,
    'orphaned_turns',
    sql`select count(*) as count from ${state} t where t.kind <> 'memory.state' and not exists (
      select 1 from ${state} h where h.tenant_id = t.tenant_id and h.user_id = t.user_id
        and h.session_id = t.session_id and h.run_id = t.run_id and h.kind = 'memory.state')`,
  )
  return [
    ...(strategies > 1 ? [severalStrategies(strategies)] : []),
    ...(orphans > 0 ? [orphaned('orphaned_turns', orphans, 'memory_state')] : []),
  ]
}

async function examineJournal(database: SqlDatabase): Promise<readonly Finding[]> {
  const entries = tableIn(database, 'journal_entries')
  const streams = tableIn(database, 'journal_streams')
  const orphans = await count(
    database,
    'orphaned_entries',
    sql`select count(*) as count from ${entries} e where not exists (select 1 from ${streams} s
      where s.tenant_id = e.tenant_id and s.generation = e.generation)`,
  )
  return orphans > 0 ? [orphaned('orphaned_entries', orphans, 'journal_entries')] : []
}

async function count(
  database: SqlDatabase,
  name: string,
  query: RawBuilder<unknown>,
): Promise<number> {
  const [row] = await readRows(database, name, query)
  return typeof row === 'object' && row !== null && 'count' in row ? Number(row.count) : 0
}

function outdated(store: StoreName, pending: readonly string[]): Finding {
  return {
    name: 'outdated_tables',
    grade: 'fails',
    message: `the ${store} tables lack the migrations ${pending.join(', ')}: programs of this release with migrate: 'verify' refuse them, run harborage migrate`,
  }
}

function tooNew(store: StoreName, packageName: string): Finding {
  return {
    name: 'newer_tables',
    grade: 'fails',
    message: `a newer release migrated the ${store} tables, and this one refuses them: update ${packageName} and @harborage/cli`,
  }
}

function missingTable(store: StoreName): Finding {
  return {
    name: 'missing_table',
    grade: 'fails',
    message: `a table of ${store} is gone, although its migrations were applied: restore it from a backup`,
  }
}

function severalStrategies(strategies: number): Finding {
  return {
    name: 'several_strategies',
    grade: 'fails',
    message: `there are conversations under ${strategies} strategies, and a memory store refuses those of another one than its own (strategy_mismatch): convert them with memory.convert, or open a store for each strategy`,
  }
}

function orphaned(name: string, rows: number, table: string): Finding {
  return {
    name,
    grade: 'slows',
    message: `${countOf(rows, 'row')} of ${table} are of nothing that exists, as after a change by hand or a partial restore: no call reads them, restore what they belong to or delete them`,
  }
}
