import { newEventId } from '@harborage/core'
import type { SqlStatement, SqlWork, TransactionTraits } from '@harborage/core/sql'
import { describe, expect, test } from 'vitest'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { newRecord, run, session } from './support/agent-step.ts'
import { engines, storesOn } from './support/three-stores.ts'

/** Rejects the next write for a reason that no longer holds when the store checks it. */
class RefusingDatabase extends DelegatingDatabase {
  refusals = 0
  readonly transactions: string[] = []

  override async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return this.refusals-- > 0 ? 0 : super.changes(statement, parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    this.transactions.push(traits.name)
    return super.transaction(traits, work)
  }
}

describe.each(engines)(
  'a write that was rejected for a reason that no longer holds, on %s',
  (_, open) => {
    test('is decided in a transaction', async () => {
      await using real = await open()
      const database = new RefusingDatabase(real.database)
      const stores = await storesOn(database)
      const refused = async <Result>(call: () => Promise<Result>): Promise<Result> => {
        database.refusals = 1
        const result = await call()
        expect(database.refusals).toBeLessThan(1)
        return result
      }
      const { state, artifacts } = stores
      const first = newRecord('note')
      expect(await refused(() => state.save(first, { ifEventId: null }))).toBe('saved')
      const second = { ...first, eventId: newEventId() }
      expect(await refused(() => state.save(second, { ifEventId: first.eventId }))).toBe('saved')
      const third = { ...first, eventId: newEventId() }
      expect(await refused(() => state.save(third))).toBe('saved')
      const removing = () => state.delete(run, 'note', { ifEventId: third.eventId })
      expect(await refused(removing)).toBe(true)
      expect(await state.load(run, 'note')).toBeUndefined()
      const { id } = await refused(() => artifacts.putText(session, 'an output'))
      expect(await artifacts.getText(session, id)).toBe('an output')
      expect(database.transactions).toEqual([
        'state_commit',
        'state_commit',
        'state_commit',
        'state_delete_generation',
        'artifacts_put',
      ])
    })

    test('fails with the conflict if the reason still holds, without a transaction', async () => {
      await using real = await open()
      const database = new RefusingDatabase(real.database)
      const { state, artifacts } = await storesOn(database)
      const saved = newRecord('note')
      expect(await state.save(saved)).toBe('saved')
      expect(await state.save(saved)).toBe('unchanged')
      expect(await state.save(newRecord('note'))).toBe('saved')
      expect(await state.save(saved)).toBe('superseded')
      await expect(state.save(newRecord('note'), { ifEventId: null })).rejects.toMatchObject({
        code: 'condition_failed',
      })
      expect(await state.delete(run, 'other', { ifEventId: saved.eventId })).toBe(false)
      const { id } = await artifacts.putText(session, 'an output')
      expect((await artifacts.putText(session, 'an output')).id).toBe(id)
      expect(database.transactions).toEqual([])
    })
  },
)
