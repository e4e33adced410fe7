import { allOfSession } from '@harborage/core'
import {
  deleteAllWork as deleteArtifacts,
  deleteWork as deleteArtifact,
  putWork,
} from '@harborage/artifacts/sql'
import { runWork, WriteConflict, type SqlWork } from '@harborage/core/sql'
import { commitWork, deleteAllWork, deleteWork, saveWork } from '@harborage/state/sql'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import {
  heldBy,
  newRecord,
  newStep,
  NOTHING,
  run,
  session,
  STEP,
  stepWork,
  textArtifact,
  type StepAnswer,
} from './support/agent-step.ts'
import { engines } from './support/three-stores.ts'

describe.each(engines)('works of three stores in one transaction on %s', (_, open) => {
  test('are applied together, and found again when they are repeated', async () => {
    await using stores = await open()
    const step = newStep('an output')
    const make = () =>
      runWork(stores.database, STEP, (mayBeApplied) => stepWork(stores, step, mayBeApplied))
    const { shortId } = step.artifact
    expect(await make()).toMatchObject({ ref: { id: shortId }, outcome: 'saved', turns: 1 })
    expect(await heldBy(stores)).toEqual({ kinds: ['checkpoint'], artifacts: [shortId], turns: 1 })
    expect(await make()).toMatchObject({ ref: { id: shortId }, outcome: 'unchanged', turns: 1 })
    expect(await heldBy(stores)).toEqual({ kinds: ['checkpoint'], artifacts: [shortId], turns: 1 })
  })

  test('have no effect if one of them is rejected', async () => {
    await using stores = await open()
    const other = newRecord('other')
    const refused = newStep('an output', { condition: other.eventId })
    const making = runWork(stores.database, STEP, (mayBeApplied) =>
      stepWork(stores, refused, mayBeApplied),
    )
    expect(await failureOf(making)).toMatchObject({ code: 'condition_failed' })
    expect(await heldBy(stores)).toEqual(NOTHING)
  })

  test('have no effect if a later work fails', async () => {
    await using stores = await open()
    const making = runWork(stores.database, STEP, function* (mayBeApplied): SqlWork<StepAnswer> {
      yield* stepWork(stores, newStep('an output'), mayBeApplied)
      throw new Error('the author changed his mind')
    })
    await expect(making).rejects.toThrow('the author changed his mind')
    expect(await heldBy(stores)).toEqual(NOTHING)
  })

  test('are all rolled back and repeated after a conflict in one', async () => {
    await using stores = await open()
    const dates = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)))
    let attempts = 0
    const answer = await runWork(stores.database, STEP, function* (mayBeApplied) {
      const artifact = textArtifact('an output', dates[attempts])
      attempts += 1
      const made = yield* stepWork(stores, newStep('', { artifact }), mayBeApplied)
      if (attempts < dates.length) throw new WriteConflict()
      return made
    })
    // An artifact of an earlier attempt would have the date of that attempt.
    expect(answer).toMatchObject({ ref: { createdAt: dates[2] }, outcome: 'saved', turns: 1 })
    expect(attempts).toBe(3)
    expect(await heldBy(stores)).toMatchObject({ kinds: ['checkpoint'], turns: 1 })
  })

  test('that use one event id in different slots: one is applied, all others have no effect', async () => {
    await using stores = await open()
    const { eventId } = newRecord('checkpoint')
    const steps = Array.from({ length: 6 }, (_unused, index) =>
      newStep(`output ${index}`, { record: newRecord(`checkpoint ${index}`, eventId) }),
    )
    const made = await Promise.allSettled(
      steps.map((step) =>
        runWork(stores.database, STEP, (mayBeApplied) => stepWork(stores, step, mayBeApplied)),
      ),
    )
    const failures = made.flatMap((each): unknown[] =>
      each.status === 'rejected' ? [each.reason] : [],
    )
    expect(failures).toHaveLength(steps.length - 1)
    for (const failure of failures) expect(failure).toMatchObject({ code: 'idempotency_conflict' })
    const held = await heldBy(stores)
    expect([held.kinds.length, held.artifacts.length, held.turns]).toEqual([1, 1, 1])
  })

  test('save, commit and delete as the calls alone do', async () => {
    await using stores = await open()
    const { database, statements, state } = stores
    const first = newRecord('checkpoint a')
    const second = newRecord('checkpoint b')
    const alone = <Result>(work: (mayBeApplied: boolean) => SqlWork<Result>) =>
      runWork(database, STEP, work)
    const slots = statements.state
    const save = (record: typeof first, condition: typeof first.eventId | null | undefined) =>
      alone((lost) => saveWork(slots, record, condition, lost))
    const remove = (kind: string, ifEventId: typeof first.eventId | undefined) =>
      alone((lost) => deleteWork(slots, { identity: run, kind }, ifEventId, lost))

    expect(await save(first, null)).toBe('saved')
    expect(await failureOf(save(second, first.eventId))).toMatchObject({ code: 'condition_failed' })
    const over = newRecord('checkpoint a')
    expect(await save(over, first.eventId)).toBe('saved')
    expect(await save(first, undefined)).toBe('superseded')
    const transaction = {
      expect: [{ identity: run, kind: 'checkpoint c', eventId: null }],
      save: [second],
      saveIfEmpty: [newRecord('checkpoint e')],
      delete: [{ identity: run, kind: 'checkpoint d' }],
      deletePrefix: [{ identity: run, kindPrefix: 'none' }],
    }
    const outcome = { repeated: false, save: ['saved'], saveIfEmpty: ['saved'], deleted: 0 }
    expect(await alone((lost) => commitWork(slots, transaction, lost))).toEqual(outcome)
    expect(await remove('checkpoint e', undefined)).toBe(true)

    expect(await remove('checkpoint c', undefined)).toBe(false)
    expect(await remove('checkpoint c', first.eventId)).toBe(false)
    expect(await failureOf(remove('checkpoint a', first.eventId))).toMatchObject({
      code: 'condition_failed',
    })
    expect(await remove('checkpoint a', over.eventId)).toBe(true)
    expect(await state.load(run, 'checkpoint a')).toBeUndefined()
    expect(await remove('checkpoint b', undefined)).toBe(true)
  })

  test('put content under its full id where other content has the short one', async () => {
    await using stores = await open()
    const one = textArtifact('an output')
    const other = { ...textArtifact('another output'), shortId: one.shortId }
    const put = async (artifact: typeof one) => {
      const { id } = await runWork(stores.database, STEP, () =>
        putWork(stores.statements.artifacts, artifact),
      )
      return id
    }
    const ids = [one.shortId, other.fullId]
    expect([await put(one), await put(other)]).toEqual(ids)
    expect([await put(one), await put(other)]).toEqual(ids)
    expect((await heldBy(stores)).artifacts).toEqual(ids.toSorted())
  })

  test('empty a session in one step, or keep all of it', async () => {
    await using stores = await open()
    const { database, statements } = stores
    const step = newStep('an output')
    await runWork(database, STEP, (mayBeApplied) => stepWork(stores, step, mayBeApplied))
    await stores.artifacts.putText(session, 'another output')
    const before = await heldBy(stores)
    function* erase(mayBeApplied: boolean): SqlWork<readonly unknown[]> {
      const key = { scope: { ...session, taskId: '' }, id: step.artifact.shortId }
      return [
        yield* deleteArtifact(statements.artifacts, key, mayBeApplied),
        yield* deleteArtifact(statements.artifacts, key, mayBeApplied),
        yield* deleteArtifacts(statements.artifacts, allOfSession(session), mayBeApplied),
        yield* deleteAllWork(statements.state, allOfSession(session), mayBeApplied),
      ]
    }
    const failing = runWork(database, STEP, function* (mayBeApplied): SqlWork<void> {
      yield* erase(mayBeApplied)
      throw new Error('not now')
    })
    await expect(failing).rejects.toThrow('not now')
    expect(await heldBy(stores)).toEqual(before)
    expect(await runWork(database, STEP, erase)).toEqual([true, false, 1, 1])
    expect(await heldBy(stores)).toEqual({ ...NOTHING, turns: 1 })
  })
})
