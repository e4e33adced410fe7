import type { SubtreeLevel } from '@harborage/core'
import fc from 'fast-check'
import type { PlaceChoice, Step } from './step.ts'
import { CONTENTS, METADATA, NAMESPACES, OF_TENANT } from './vocabulary.ts'

const MAX_STEPS = 40

/** Mostly 0, so that calls conflict. */
const mostlyFirst = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(1))

const place: fc.Arbitrary<PlaceChoice> = fc.record({
  tenant: mostlyFirst,
  user: mostlyFirst,
  session: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(OF_TENANT)),
  task: mostlyFirst,
  namespace: fc.oneof(mostlyFirst, fc.nat(NAMESPACES.length - 1)),
})

/** Mostly one of the first two contents, which collide. */
const content = fc.oneof(
  { weight: 3, arbitrary: fc.nat(1) },
  { weight: 2, arbitrary: fc.nat(CONTENTS.length - 1) },
)

/** Returns a value or, mostly, none, so that most lists are not empty. */
function rarely<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const bound = rarely(
  fc.record({ content, digits: fc.constantFrom('short' as const, 'full' as const) }),
)

/** Mostly the narrow ones, so that something is left. */
const level = fc.constantFrom<SubtreeLevel>('session', 'session', 'run', 'user', 'tenant')

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('putBytes', 'putText'),
      place,
      content,
      metadata: fc.nat(METADATA.length - 1),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('get', 'getText', 'getRef', 'exists'),
      place,
      content,
      digits: fc.constantFrom('short', 'full'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      place,
      content,
      digits: fc.constantFrom('short', 'full'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('getRefs' as const),
      place,
      contents: fc.array(content, { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteAll' as const), level, place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('prune' as const),
      level,
      place,
      inNamespace: fc.boolean(),
      dryRun: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('directory' as const),
      of: fc.constantFrom('users', 'sessions of a user', 'sessions of a tenant'),
      place,
      pageSize: fc.constantFrom(1, 2, 100),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      place,
      of: fc.constantFrom('task', 'session', 'user', 'tenant'),
      inNamespace: fc.boolean(),
      pageSize: fc.constantFrom(1, 2, 3, 100),
      order: fc.constantFrom('ascending', 'descending'),
      limit: rarely(fc.nat(3)),
      from: bound,
      to: bound,
      expired: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('retry' as const), callsAgo: fc.nat(7) }),
  },
)

/** A history of calls. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: MAX_STEPS,
  size: 'max',
})
