import { newEventId } from '@harborage/core'
import {
  requireSqlDatabase,
  SqlFailure,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** Saves an event id of a commit as another caller, before the commit is decided. */
class RacingDatabase extends DelegatingDatabase {
  races = 1

  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    if (traits.name === 'state_commit' && this.races-- > 0) {
      throw new SqlFailure('unique_violation')
    }
    return super.transaction(traits, work)
  }
}

test('a commit that is rejected without a read, and then meets a unique violation, is decided again', async () => {
  await using real = await openSqlite({ dsn: ':memory:' })
  const database = new RacingDatabase(requireSqlDatabase(real))
  await using state = await openStateStore({ database })
  const save = ['a', 'b'].map((kind) => ({
    eventId: newEventId(),
    identity,
    kind,
    bytes: new Uint8Array(1),
  }))
  expect((await state.commit({ save })).save).toEqual(['saved', 'saved'])
  expect(database.races).toBe(1)
  expect((await state.commit({ save })).save).toEqual(['unchanged', 'unchanged'])
  expect(database.races).toBeLessThan(1)
})
