import { allOfSession } from '@harborage/core'
import { deleteWork as deleteArtifact, putWork } from '@harborage/artifacts/sql'
import { runWork, type SqlWork } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { commitWork, deleteAllWork } from '@harborage/state/sql'
import { expect, test } from 'vitest'
import { bystander, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { HOLD, paused, RELEASE } from '@harborage/test-kit/postgres/paused-work'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import {
  heldBy,
  newRecord,
  newStep,
  run,
  session,
  STEP,
  stepWork,
  turnWork,
  type StepAnswer,
} from './support/agent-step.ts'
import { onPostgres, storesOn, type ThreeStores } from './support/three-stores.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const COMMIT = 'COMMIT\0'
test('a slot that others change meanwhile restarts all of the works', async () => {
  await using stores = await onPostgres()
  await stores.state.save(newRecord('checkpoint'))
  await using holder = await bystander(stores.dsn)
  await holder.query(HOLD)
  const step = newStep('an output')
  const attempts: string[][] = []
  const making = runWork(stores.database, STEP, (mayBeApplied) => {
    const names: string[] = []
    attempts.push(names)
    const isFirst = attempts.length === 1
    return paused(stepWork(stores, step, mayBeApplied), (name) => {
      names.push(name)
      return isFirst && name === 'state_inspect'
    })
  })
  await waitingForLock(stores.dsn, 1)
  expect(await stores.state.save(newRecord('checkpoint'))).toBe('saved')
  await holder.query(RELEASE)
  expect(await making).toMatchObject({ outcome: 'saved', turns: 1 })
  const inOrder = ['artifacts_put', 'state_inspect', 'state_save_over']
  expect(attempts[0]).toEqual(inOrder)
  expect(attempts[1]?.slice(0, 4)).toEqual([...inOrder, 'memory_lock'])
  expect(attempts).toHaveLength(2)
  expect(await stores.state.load(run, 'checkpoint')).toMatchObject({
    eventId: step.record.eventId,
  })
  expect(await heldBy(stores)).toMatchObject({ kinds: ['checkpoint'], turns: 1 })
})

test('a content that is found is kept until the works are committed', async () => {
  await using stores = await onPostgres()
  const step = newStep('an output')
  const id = step.artifact.shortId
  await runWork(stores.database, STEP, (mayBeApplied) => stepWork(stores, step, mayBeApplied))
  await using holder = await bystander(stores.dsn)
  await holder.query(HOLD)
  const again = newStep('an output', { record: newRecord('checkpoint again') })
  const making = runWork(stores.database, STEP, (mayBeApplied) =>
    paused(stepWork(stores, again, mayBeApplied), (name) => name === 'state_inspect'),
  )
  await waitingForLock(stores.dsn, 1)
  const deleting = runWork(stores.database, STEP, (mayBeApplied) =>
    deleteArtifact(
      stores.statements.artifacts,
      { scope: { ...session, taskId: '' }, id },
      mayBeApplied,
    ),
  )
  await waitingForLock(stores.dsn, 2)
  await holder.query(RELEASE)
  expect(await making).toMatchObject({ ref: { id }, outcome: 'saved' })
  expect(await deleting).toBe(true)
})

test('works whose answer to COMMIT is lost are found to be applied', async () => {
  await using stores = await onPostgres()
  await using proxy = await TcpProxy.start(stores.dsn)
  await using own = await storesOn(await openPostgres({ dsn: proxy.dsn }))
  const step = newStep('an output', { condition: null })
  const lost = proxy.failOnce(COMMIT, 'cut the answer')
  const answer = await runWork(own.database, STEP, (mayBeApplied) =>
    stepWork(own, step, mayBeApplied),
  )
  await lost
  expect(answer).toMatchObject({ outcome: 'unchanged', turns: 1 })
  expect(await heldBy(stores)).toMatchObject({ kinds: ['checkpoint'], turns: 1 })
})

test('a deletion among works is not repeated if its answer is lost', async () => {
  await using stores = await onPostgres()
  await using proxy = await TcpProxy.start(stores.dsn)
  await using own = await storesOn(await openPostgres({ dsn: proxy.dsn }))
  await stores.state.save(newRecord('checkpoint'))
  const lost = proxy.failOnce(COMMIT, 'cut the answer')
  const making = runWork(own.database, STEP, function* (mayBeApplied): SqlWork<StepAnswer> {
    yield* deleteAllWork(own.statements.state, allOfSession(session), mayBeApplied)
    return yield* stepWork(own, newStep('an output'), mayBeApplied)
  })
  expect(await failureOf(making)).toMatchObject({ code: 'outcome_unknown' })
  await lost
  expect(await heldBy(stores)).toMatchObject({ kinds: ['checkpoint'], turns: 1 })
})

test('works of two replicas and single calls that write the same do not deadlock', async () => {
  const stores = await onPostgres()
  const other = await storesOn(await openPostgres({ dsn: stores.dsn }))
  const text = 'an output of all'
  const kinds = ['checkpoint a', 'checkpoint b', 'checkpoint c']
  for (let round = 0; round < 8; round += 1) {
    await Promise.all(
      [stores, other].flatMap((own, replica) => {
        const order = (round + replica) % 2 === 0 ? kinds : kinds.toReversed()
        return [
          composed(own, order, text),
          composed(own, order.toReversed(), text),
          own.state.commit({ save: order.map((kind) => newRecord(kind)) }),
          own.artifacts.putText(session, text),
          own.memory.addTurn(run, { userMessage: 'hi', assistantResponse: 'hello' }),
          round % 2 === 0
            ? deleteSession(own.state, session)
            : own.state.save(newRecord('checkpoint b')),
        ]
      }),
    )
  }
  await Promise.all([stores, other].map((each) => each[Symbol.asyncDispose]()))
  const [row] = await queryPostgres<{ deadlocks: string }>(
    stores.dsn,
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  expect(Number(row?.deadlocks)).toBe(0)
})

/** Runs a put, a commit of several slots and a turn as one work. */
function composed(stores: ThreeStores, kinds: readonly string[], text: string): Promise<unknown> {
  const { database, statements } = stores
  const transaction = {
    expect: [],
    save: kinds.map((kind) => newRecord(kind)),
    saveIfEmpty: [],
    delete: [],
    deletePrefix: [],
  }
  const { artifact, turnId } = newStep(text)
  return runWork(database, STEP, function* (mayBeApplied): SqlWork<number> {
    yield* putWork(statements.artifacts, artifact)
    yield* commitWork(statements.state, transaction, mayBeApplied)
    return yield* turnWork(stores, turnId, mayBeApplied)
  })
}
