import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { claimRunState, HarborageSession } from '@harborage/openai-agents'
import { openFor, sharedPlaces } from '@harborage/test-kit/adapters/places'
import { startWorker } from '@harborage/test-kit/adapters/worker-process'
import { isFullRun } from '@harborage/test-kit/measure'
import { describe, expect, test } from 'vitest'

import { ann, textOf } from './support/items.ts'
import { interruptedRun } from './support/interrupted-run.ts'
import { startPaymentService } from './support/payment-service.ts'
import { resumeOnce } from './support/resume.ts'

const LONG_MS = 60_000
/** Long enough for a slow machine to renew it, short enough to wait for its end. */
const SHORT_MS = 5_000

/** Each test is made on one of them in a quick run. */
const [onFirst, onSecond] = isFullRun
  ? [sharedPlaces, sharedPlaces]
  : [sharedPlaces.slice(0, 1), sharedPlaces.slice(1)]

describe('a run that waits for an approval', () => {
  test.each(onFirst)(
    'runs once if two processes resume it, and the outcome is told afterward, on $name',
    async ({ makeDsn }) => {
      const { dsn, journal, state, session, runState, service } = await waitingRun(makeDsn)
      const args = [dsn, service.url, runState, `${LONG_MS}`]
      const worker = startWorker(join(import.meta.dirname, 'support/resuming-worker.ts'), args)
      const options = { url: service.url, runState, ttlMs: LONG_MS }
      const [ofThis, ofWorker] = await Promise.all([
        resumeOnce({ state, journal }, options),
        worker.lines,
      ])
      const ends = [ofThis, ...ofWorker].toSorted()

      expect(ends).toHaveLength(2)
      expect(ends[0]).toBe('done You paid 42.')
      expect(['held', 'finished You paid 42.']).toContain(ends[1])
      expect(service.keys).toHaveLength(1)
      expect(await claimRunState({ state, owner: ann, sessionId: 's1', runState })).toEqual({
        status: 'finished',
        outcome: 'You paid 42.',
      })
      expect((await session.getItems()).map(textOf)).toEqual([
        'I take it.',
        'function_call',
        'function_call_result',
        'You paid 42.',
      ])
    },
  )

  test.each(onSecond)(
    'is taken over if its process is killed after the charge, and charges once with one key, on $name',
    async ({ makeDsn }) => {
      const { dsn, journal, state, session, runState, service } = await waitingRun(makeDsn)
      service.hold()
      const options = { url: service.url, runState, ttlMs: SHORT_MS }
      const first = startWorker(join(import.meta.dirname, 'support/resuming-worker.ts'), [
        dsn,
        service.url,
        runState,
        `${SHORT_MS}`,
      ])
      await service.requests(1)
      // It is renewed for as long as the first process lives.
      expect(await resumeOnce({ state, journal }, options)).toBe('held')
      first.process.kill('SIGKILL')
      expect(await first.lines).toEqual([])
      service.answer()

      let end = 'held'
      while (end === 'held') {
        end = await resumeOnce({ state, journal }, options)
        await setTimeout(100)
      }
      expect(end).toBe('done You paid 42.')
      expect(service.keys).toHaveLength(2)
      expect(new Set(service.keys).size).toBe(1)
      expect(service.charged.size).toBe(1)
      const items = await session.getItems()
      expect(items.map(textOf)).toHaveLength(4)
      expect(items[2]).toMatchObject({ output: { text: 'charged before' } })
    },
  )
})

/** Resolves to a run that waits for an approval, with its stores and the service that it pays by. */
async function waitingRun(makeDsn: () => Promise<string>) {
  const dsn = await makeDsn()
  const { journal, state } = await openFor(dsn)
  const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
  const runState = await interruptedRun(session)
  return { dsn, journal, state, session, runState, service: await startPaymentService() }
}
