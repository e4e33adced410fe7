import fc from 'fast-check'
import type { Step } from './step.ts'

const MAX_STEPS = 30

/** Mostly the first of two sessions, so that calls meet in one conversation. */
const session = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1))

/** The length of a text: mostly short, sometimes longer than a budget. */
const length = fc.oneof({ weight: 6, arbitrary: fc.nat(8) }, fc.nat(60))

const level = fc.constantFrom(
  'run' as const,
  'session' as const,
  'user' as const,
  'tenant' as const,
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ do: fc.constant('add' as const), session, length }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('retry' as const), session, turnsAgo: fc.nat(6) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'compact' as const, 'snapshot' as const),
      session,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('reset' as const, 'delete' as const), session }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('deleteAll' as const), session, level }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('forget' as const), session, turnsAgo: fc.nat(6) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('restore' as const), session, snapshotsAgo: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
)

/** A history of calls, and the rules under which they are made. */
export interface History {
  readonly budgetTokens: number
  readonly recentTurns: number
  readonly steps: readonly Step[]
}

export const history: fc.Arbitrary<History> = fc.record({
  budgetTokens: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
  recentTurns: fc.nat(4),
  steps: fc.array(step, { minLength: 1, maxLength: MAX_STEPS, size: 'max' }),
})
