import { once } from 'node:events'

import { allOfSession, allOfUser } from '@harborage/core'
import { claimRunState, type ClaimOptions, type RunClaim } from '@harborage/openai-agents'
import { memory, places } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { MemorySession } from '@openai/agents'
import { describe, expect, test } from 'vitest'

import { ann, messages } from './support/items.ts'
import { interruptedRun } from './support/interrupted-run.ts'
import { malformed } from './support/malformed.ts'
import { guardedSession, resume } from './support/resume.ts'

async function claimed(options: ClaimOptions): Promise<RunClaim> {
  const result = await claimRunState(options)
  if (result.status !== 'claimed') throw new Error(`the run is ${result.status}`)
  return result.claim
}

describe.each(places)('a claim of a run state on $name', ({ open }) => {
  test('is held by one until it is released, and the next one has a greater token', async () => {
    const { state } = await open()
    const options = { state, owner: ann, runState: 'run state' }
    const first = await claimed(options)
    expect(await claimRunState(options)).toEqual({ status: 'held' })
    await first.release()
    await first.release()
    const second = await claimed(options)
    expect(second.token).toBeGreaterThan(first.token)
    await claimed({ ...options, runState: 'another' })
    await claimed({ ...options, sessionId: 's1' })
    await claimed({ ...options, owner: { ...ann, userId: 'bob' } })
  })

  test('of a late holder writes nothing any more, neither an outcome nor items', async () => {
    const { journal, state } = await open()
    const options = { state, owner: ann, sessionId: 's1', runState: 'run state', ttlMs: 100 }
    const late = await claimed(options)
    const session = guardedSession(journal, ann, late)
    await session.addItems(messages('a', 'b'))
    // What an erasure takes away, another one can claim.
    await state.deleteAll(allOfSession({ ...ann, sessionId: 's1' }))
    const next = await claimed({ ...options, ttlMs: 60_000 })
    const transaction = { type: 'append_items' as const, items: messages('d') }
    const writes = [
      () => late.finish('late'),
      () => session.addItems(messages('c')),
      () => session.popItem(),
      () => session.clearSession(),
      () => session.replaceHistoryWithCompaction(messages('c')),
      () => session.applyHistoryTransaction({ operationId: 'o1', transaction }),
    ]
    for (const write of writes) {
      const failure = await failureOf(write())
      expect(failure).toMatchObject({ code: 'condition_failed' })
      expect(String(failure)).toContain('another process has claimed the run since')
    }
    if (!late.signal.aborted) await once(late.signal, 'abort')
    expect(late.signal.reason).toMatchObject({ code: 'lease_lost' })
    await next.finish('of the next one')
    expect(await claimRunState(options)).toEqual({
      status: 'finished',
      outcome: 'of the next one',
    })
    expect(await guardedSession(journal, ann, next).getItems()).toEqual(messages('a', 'b'))
    expect(await failureOf(late.finish('late'))).toMatchObject({ code: 'condition_failed' })
  })

  test('leaves nothing behind once its session or its user is erased', async () => {
    const { state } = await open()
    const claim = await claimed({ state, owner: ann, sessionId: 's1', runState: 'run state' })
    await claim.finish()
    const ofUser = await claimed({ state, owner: ann, runState: 'run state' })
    await ofUser.finish('outcome')
    await state.deleteAll(allOfUser(ann))
    expect(await collect(state.tenants({ maintenanceScoped: true }))).toEqual([])
  })
})

test('a run of the SDK is resumed once with a claim, and its outcome may be the next run state', async () => {
  const { journal, state } = await memory.open()
  const owner = ann
  const runState = await interruptedRun(new MemorySession())
  const options = { state, owner, runState }
  const calls: string[] = []
  await using claim = await claimed(options)
  const session = guardedSession(journal, owner, claim)
  await resume(claim, session, runState, async (callId) => {
    calls.push(callId)
    return 'charged'
  })
  expect(calls).toEqual(['call_1'])
  expect(await claimRunState(options)).toEqual({ status: 'finished', outcome: 'You paid 42.' })
  await claim.release()
  expect(await claimRunState(options)).toMatchObject({ status: 'finished' })
})

test('the key of a call is the same for the same run state, call and session, and for no other', async () => {
  const { state } = await memory.open()
  const keyOf = async (options: Partial<ClaimOptions>, callId: string): Promise<string> => {
    await using claim = await claimed({ state, owner: ann, runState: 'run state', ...options })
    return claim.idempotencyKey(callId)
  }
  const key = await keyOf({}, 'call_1')
  // It never changes: a service may have seen it before this release was installed.
  expect(key).toBe('hrb_Wkfzflel3ZGWsx3g-c8kWbo83b9tphjcuDYNwS5aFJw')
  expect(await keyOf({}, 'call_1')).toBe(key)
  const others = [
    await keyOf({}, 'call_2'),
    await keyOf({ runState: 'another' }, 'call_1'),
    await keyOf({ sessionId: 's1' }, 'call_1'),
    await keyOf({ owner: { ...ann, userId: 'bob' } }, 'call_1'),
    await keyOf({ owner: { ...ann, tenantId: 'other' } }, 'call_1'),
  ]
  expect(new Set([key, ...others]).size).toBe(6)
  expect(await failureOf(keyOf({}, ''))).toMatchObject({ code: 'invalid_record' })
})

test('what is missing, malformed or misspelled is refused', async () => {
  const { journal, state } = await memory.open()
  const good = { state, owner: ann, runState: 'run state' }
  const { owner: _, ...ownerless } = good
  const cases: readonly (readonly [object | undefined, string])[] = [
    [undefined, 'identity_required'],
    [ownerless, 'identity_required'],
    [{ ...good, sessionId: undefined }, 'identity_required'],
    [{ ...good, state: journal }, 'invalid_config'],
    [{ ...good, runState: '' }, 'invalid_config'],
    [{ ...good, runState: {} }, 'invalid_config'],
    [{ ...good, ttlMs: 99 }, 'invalid_config'],
    [{ ...good, ttlMs: 1e12 }, 'invalid_record'],
    [{ ...good, ttl: 1000 }, 'invalid_config'],
  ]
  for (const [options, code] of cases) {
    const claiming = claimRunState(malformed(options))
    expect(await failureOf(claiming)).toMatchObject({ code })
  }
  const claim = await claimed(good)
  expect(await failureOf(claim.finish(malformed(7)))).toMatchObject({ code: 'invalid_record' })
})
