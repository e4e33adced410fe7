import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import { assertSameRecord } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import type { StateCases } from './support/state-cases.ts'

const MIB = 1024 * 1024

/** The sizes of small records and of two large ones that do not fit on one page. */
const sizes: readonly number[] = [10, 5 * MIB, 10, 5 * MIB, 10, 10]

/** Registers the cases of S9: a page ends early once its records are large; the walk continues. */
export function largePages({ it }: StateCases): void {
  for (const method of ['list', 'listKind'] as const) {
    it(`S9 ${method} yields each record once when the records do not fit on one page`, async ({
      store,
    }) => {
      const identity = freshIdentity()
      const prefix = freshKindPrefix()
      const records = sizes.map((size, index) => ({
        ...newRecord({ identity, kind: `${prefix}${index}` }),
        bytes: new Uint8Array(size).fill(index + 1),
        version: 1,
        updatedAt: new Date(index),
      }))
      for (const record of records) await store.save(record)
      for (const pageSize of [2, 1_000]) {
        const walk =
          method === 'list'
            ? store.list(identity, prefix, { pageSize })
            : store.listKind({ maintenanceScoped: true }, prefix, { pageSize })
        const listed = await collect(walk)
        assert.equal(listed.length, records.length, `in pages of ${pageSize}`)
        for (const [index, record] of records.entries()) assertSameRecord(listed[index], record)
      }
    })
  }
}
