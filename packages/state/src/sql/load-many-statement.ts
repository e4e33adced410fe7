import type { ManyReads, SqlDatabase } from '@harborage/core/sql'
import { sql } from 'kysely'
import { pagedNames } from './paged-content.ts'
import type { PagedColumns, SlotColumns } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/** The parameters of a read of many slots of a tenant, besides the slots. */
export interface LoadManyParameters extends Pick<SlotColumns, 'tenant_id'> {
  /** The size up to which the bytes of a record are read in any case. */
  readonly inline_bytes: number
  /** The size of all records above which larger bytes are not read. */
  readonly max_bytes: number
}

/** The columns that name a slot of a known tenant. */
export type SlotOfTenant = Omit<SlotColumns, 'tenant_id'>

/** A record that was found. Its bytes are `null` if the records hold too many in all. */
export type FoundRow = SlotOfTenant & PagedColumns

/** The statements that read many slots of a tenant. */
export type LoadMany = ManyReads<LoadManyParameters, SlotOfTenant, FoundRow>

/** Compiles the read of many slots of a tenant. */
export function compileLoadMany(database: SqlDatabase): LoadMany {
  const bytes = sql.ref<Uint8Array>('bytes')
  const size = sql<number>`length(${bytes})`
  return database.dialect.compileManyReads<LoadManyParameters, SlotOfTenant, FoundRow>(database, {
    name: 'state_load_many',
    repeat: 'reads',
    table: stateRecords.spec,
    common: ['tenant_id'],
    columns: ({ inline_bytes, max_bytes }, sumOf) => [
      ...stateRecords.key.filter((column) => column !== 'tenant_id'),
      ...pagedNames,
      // The sum is needed only if a record is larger than its equal share.
      sql<Uint8Array | null>`case when ${size} <= ${inline_bytes} then ${bytes}
        when ${sumOf(size)} <= ${max_bytes} then ${bytes} end`.as('bytes'),
    ],
  })
}
