import { setImmediate as nextTurn } from 'node:timers/promises'

import { isHarborageError, newEventId } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'
import { expect } from 'vitest'

/** An empty database on which concurrent calls may share a commit, and another connection to it. */
export interface SharedCommitBench extends AsyncDisposable {
  readonly database: SqlDatabase
  /** Returns the event id of a slot that other connections see now. */
  readonly heldForOthers: (kind: string) => string | undefined | Promise<string | undefined>
}

/** A property of shared commits on every engine. */
export interface SharedCommitCase {
  readonly name: string
  readonly run: (bench: SharedCommitBench) => Promise<void>
}

/** The session of all records of these cases. */
export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' } as const

const CALLERS = 32

/** The properties that callers rely on if their writes share commits. */
export const sharedCommitCases: readonly SharedCommitCase[] = [
  { name: 'each of many saves at once gets its own outcome', run: ownOutcomes },
  { name: 'a commit that fails takes nothing with it', run: ownFailures },
  { name: 'what a caller is told is there for everybody at that moment', run: acknowledged },
]

async function ownOutcomes({ database }: SharedCommitBench): Promise<void> {
  await using state = await openStateStore({ database })
  const held = record('held')
  await state.save(held)
  const savings = Array.from({ length: CALLERS }, (_, index) => savingOf(index, held))
  const outcomes = await Promise.all(savings.map((each) => outcomeOf(save(state, each))))
  expect(outcomes).toEqual(savings.map(({ outcome }) => outcome))
  for (const {
    record: { kind, eventId },
    outcome,
  } of savings) {
    const isThere = outcome === 'saved' || outcome === 'unchanged'
    expect((await state.load(session, kind))?.eventId).toBe(isThere ? eventId : undefined)
  }
}

async function ownFailures({ database }: SharedCommitBench): Promise<void> {
  await using state = await openStateStore({ database })
  const isDoomed = (index: number): boolean => index % 5 === 2
  const outcomes = await Promise.all(
    Array.from({ length: CALLERS }, (_, index) =>
      outcomeOf(
        state.commit({
          save: [record(`left.${index}`), record(`right.${index}`)],
          expect: [
            { identity: session, kind: 'absent', eventId: isDoomed(index) ? newEventId() : null },
          ],
        }),
      ),
    ),
  )
  for (const [index, outcome] of outcomes.entries()) {
    const expected: unknown = expect.objectContaining({ save: ['saved', 'saved'] })
    expect(outcome).toEqual(isDoomed(index) ? 'condition_failed' : expected)
    for (const side of ['left', 'right']) {
      const found = await state.load(session, `${side}.${index}`)
      expect(found === undefined).toBe(isDoomed(index))
    }
  }
}

async function acknowledged({ database, heldForOthers }: SharedCommitBench): Promise<void> {
  await using state = await openStateStore({ database })
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let round = 0; round < 5; round += 1) {
        const saved = record(`k.${caller}`)
        if (caller % 4 === 0) await state.commit({ save: [saved] })
        else await state.save(saved)
        expect(await heldForOthers(saved.kind)).toBe(saved.eventId)
        // Others come and go in between, so that not all of them go in step.
        if (caller % 3 === 0) await nextTurn()
      }
    }),
  )
}

interface Saving {
  readonly record: NewStateRecord
  readonly ifEventId?: NewStateRecord['eventId'] | null
  /** The outcome that the caller has to get. */
  readonly outcome: string
}

function save(state: StateStore, { record: saved, ifEventId }: Saving): Promise<string> {
  return state.save(saved, ifEventId === undefined ? {} : { ifEventId })
}

/** Returns a save whose outcome differs from that of the next one. */
function savingOf(index: number, held: NewStateRecord): Saving {
  const fresh = record(`k.${index}`)
  switch (index % 5) {
    case 0:
      return { record: held, outcome: 'unchanged' }
    case 1:
      return { record: { ...fresh, eventId: held.eventId }, outcome: 'idempotency_conflict' }
    case 2:
      return { record: fresh, ifEventId: newEventId(), outcome: 'condition_failed' }
    case 3:
      return { record: fresh, ifEventId: null, outcome: 'saved' }
    default:
      return { record: fresh, outcome: 'saved' }
  }
}

function outcomeOf<Outcome>(call: Promise<Outcome>): Promise<Outcome | string> {
  return call.catch((error: unknown) => {
    if (isHarborageError(error)) return error.code
    throw error
  })
}

function record(kind: string): NewStateRecord {
  return {
    eventId: newEventId(),
    identity: session,
    kind,
    bytes: new TextEncoder().encode(kind),
    updatedAt: new Date(0),
  }
}
