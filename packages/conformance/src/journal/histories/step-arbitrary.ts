import type { SubtreeLevel } from '@harborage/core'
import fc from 'fast-check'
import type { EntryChoice, ExpiryChoice, PositionChoice, Step, StreamChoice } from './step.ts'
import { IDS, STREAMS } from './vocabulary.ts'

const MIN_STEPS = 10
const MAX_STEPS = 50

/** Mostly 0, so that calls meet. */
const mostlyFirst = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(1))

const at: fc.Arbitrary<StreamChoice> = fc.record({
  session: mostlyFirst,
  run: mostlyFirst,
  stream: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(STREAMS.length - 1)),
})

const entry: fc.Arbitrary<EntryChoice> = fc.record({
  id: fc.nat(IDS - 1),
  content: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(2)),
})

/** Mostly with different ids: a list with one twice is rejected. */
const entries = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(entry, { maxLength: 4, selector: ({ id }) => id }) },
  { weight: 1, arbitrary: fc.array(entry, { maxLength: 4 }) },
)

/** How far from the head, mostly at it. */
const back = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 6 }))

const condition: fc.Arbitrary<PositionChoice> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any' as const) },
  { weight: 2, arbitrary: fc.record({ back }) },
)

const expiry: fc.Arbitrary<ExpiryChoice> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('same' as const) },
  { weight: 3, arbitrary: fc.constantFrom('never', 'future', 'past') },
)

const pageSize = fc.constantFrom(1, 2, 3, 100)
const level = fc.constantFrom<SubtreeLevel>('run', 'run', 'session', 'user', 'tenant')

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({ do: fc.constant('append' as const), at, entries, condition, expiry }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('replaceAfter' as const),
      at,
      entries,
      operation: fc.nat(5),
      back: fc.integer({ min: -1, max: 6 }),
      condition: back,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('retry' as const), callsAgo: fc.nat(7) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      at,
      order: fc.constantFrom('ascending', 'descending'),
      limit: fc.constantFrom(0, 1, 2, 100, 100),
      pageSize,
      from: fc.nat(5),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('get' as const),
      at,
      ids: fc.array(fc.nat(IDS - 1), { maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('head' as const), at }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('follow' as const), at, after: fc.nat(12) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('trim' as const),
      at,
      back: fc.integer({ min: -2, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('touch' as const), at, expiry }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteAll' as const), at, level }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('streams' as const),
      at,
      level: fc.constantFrom('owner', 'run', 'session', 'user', 'tenant'),
      prefixLength: fc.nat(3),
      pageSize,
    }),
  },
)

/** Histories of the journal store. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: MIN_STEPS,
  maxLength: MAX_STEPS,
})
