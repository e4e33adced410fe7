import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import { assertIs } from './support/assert-slot.ts'
import { freshIdentity, freshKindPrefix } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import type { StateCases } from './support/state-cases.ts'

const MIB = 1024 * 1024

/** Two records that a page cannot both hold, with small ones around them. */
const sizes: readonly number[] = [10, 5 * MIB, 10, 5 * MIB, 10, 10]

/** S9: a page ends early once its records hold many bytes, and the walk goes on behind it. */
export function largePages({ it }: StateCases): void {
  for (const method of ['list', 'listKind'] as const) {
    it(`S9 a ${method} of records that no page can hold gives each once`, async ({ store }) => {
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
        for (const [index, record] of records.entries()) assertIs(listed[index], record)
      }
    })
  }
}
