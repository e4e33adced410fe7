import { requireSqlDatabase, type SqlWork, type TransactionTraits } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore, type StateTransaction } from '@harborage/state'
import { expect, onTestFinished, test } from 'vitest'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { bystander, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { HOLD, paused, RELEASE } from '@harborage/test-kit/postgres/paused-work'
import { ann, newRecord, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

/** Pauses a commit between its first read and the next. */
class PausingDatabase extends DelegatingDatabase {
  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    const isPaused = traits.name === 'state_commit'
    return super.transaction(traits, (mayBeApplied) =>
      isPaused ? paused(work(mayBeApplied), () => true) : work(mayBeApplied),
    )
  }
}

test('a commit is rejected only by a state that its slots had at one moment', async () => {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  await using database = await openPostgres({ dsn: created.dsn })
  await using store = await openStateStore({ database })
  await using slow = await openStateStore({
    database: new PausingDatabase(requireSqlDatabase(database)),
  })
  const transaction: StateTransaction = {
    expect: [{ identity: ann, kind: 'task.a', eventId: null }],
    save: [newRecord({ kind: 'task.b' }), newRecord({ kind: 'task.c' })],
  }
  await store.commit(transaction)
  await store.save(newRecord({ kind: 'task.a' }))
  await using holder = await bystander(created.dsn)
  await holder.query(HOLD)
  const committing = slow.commit(transaction)
  await waitingForLock(created.dsn, 1)
  // `task.a` was read while it was held, and the saves of the commit will be read when they are
  // gone.
  await deleteSession(store, session)
  await holder.query(RELEASE)
  expect(await committing).toMatchObject({ save: ['saved', 'saved'] })
})
