import type { ManyRead, ManyReads, SqlDatabase } from '@harborage/core/sql'
import { sql } from 'kysely'
import { isVisibleInRead } from './expiry.ts'
import { pagedNames } from './paged-content.ts'
import type { PagedColumns, SlotColumns } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/** The sizes that decide which bytes are read. */
interface SizeParameters {
  /** The size up to which the bytes of a record are read in any case. */
  readonly inline_bytes: number
  /** The size of all records above which larger bytes are not read. */
  readonly max_bytes: number
}

/** The columns that name a slot of a known tenant. */
export type SlotOfTenant = Omit<SlotColumns, 'tenant_id'>

/** The column that names a slot of a known run. */
export type SlotOfRun = Pick<SlotColumns, 'kind'>

/** A record that was found. Its bytes are `null` if the records hold too many in all. */
export type Found<Slot> = Slot & PagedColumns

/** The statements that read many slots. */
export interface LoadMany {
  readonly ofTenant: ManyReads<
    SizeParameters & Pick<SlotColumns, 'tenant_id'>,
    SlotOfTenant,
    Found<SlotOfTenant>
  >
  /** Those of one run, which are the most frequent and send and return less. */
  readonly ofRun: ReadsOfRun
  /** The same, without the bytes of each record that is larger than its equal share. */
  readonly smallOfRun: ReadsOfRun
}

type ReadsOfRun = ManyReads<SizeParameters & Omit<SlotColumns, 'kind'>, SlotOfRun, Found<SlotOfRun>>

/** Which bytes are read. */
type Selection = 'all that fit' | 'small ones'

const runColumns = ['tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** Compiles the reads of many slots. */
export function compileLoadMany(database: SqlDatabase): LoadMany {
  return {
    ofTenant: compileReads<Pick<SlotColumns, 'tenant_id'>, SlotOfTenant>(
      database,
      { name: 'state_load_many', repeat: 'reads' },
      ['tenant_id'],
      'all that fit',
    ),
    ofRun: compileReads<Omit<SlotColumns, 'kind'>, SlotOfRun>(
      database,
      { name: 'state_load_many_of_run', repeat: 'reads' },
      runColumns,
      'all that fit',
    ),
    smallOfRun: compileReads<Omit<SlotColumns, 'kind'>, SlotOfRun>(
      database,
      { name: 'state_load_many_small', repeat: 'reads' },
      runColumns,
      'small ones',
    ),
  }
}

function compileReads<Common extends Partial<SlotColumns>, Slot extends Partial<SlotColumns>>(
  database: SqlDatabase,
  traits: Pick<ManyRead<never>, 'name' | 'repeat'>,
  common: readonly (keyof Common & keyof SlotColumns)[],
  selection: Selection,
): ManyReads<SizeParameters & Common, Slot, Found<Slot>> {
  const bytes = sql.ref<Uint8Array>('bytes')
  const size = sql<number>`length(${bytes})`
  return database.dialect.compileManyReads<SizeParameters & Common, Slot, Found<Slot>>(database, {
    ...traits,
    table: stateRecords.spec,
    common,
    condition: isVisibleInRead(database.dialect),
    columns: ({ inline_bytes, max_bytes }, sumOf) => [
      ...stateRecords.key.filter((column) => !common.some((each) => each === column)),
      ...pagedNames,
      // The sum is needed only if a record is larger than its equal share.
      (selection === 'small ones'
        ? sql<Uint8Array | null>`case when ${size} <= ${inline_bytes} then ${bytes} end`
        : sql<Uint8Array | null>`case when ${size} <= ${inline_bytes} then ${bytes}
          when ${sumOf(size)} <= ${max_bytes} then ${bytes} end`
      ).as('bytes'),
    ],
  })
}
