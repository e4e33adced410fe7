import type { SubtreeLevel } from '@harborage/core'
import fc from 'fast-check'
import { REMEMBERED_EVENT_IDS } from '@harborage/state'
import type {
  BoundsChoice,
  ConditionChoice,
  ExpectationChoice,
  ExpiryChoice,
  RecordChoice,
  SessionChoice,
  SlotChoice,
  Step,
} from './step.ts'
import { KINDS, OF_TENANT } from './vocabulary.ts'

const MIN_STEPS = 10
const MAX_STEPS = 50
const PAGE_SIZES = [1, 2, 3, 100]
/** Mostly more than there are records. */
const LIMITS = [0, 1, 2, 100, 100, 100]

/** Mostly 0, so that calls conflict. */
const mostlyFirst = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(1))

const session: fc.Arbitrary<SessionChoice> = fc.record({
  tenant: mostlyFirst,
  user: mostlyFirst,
  session: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(OF_TENANT)),
})

const slot: fc.Arbitrary<SlotChoice> = fc
  .tuple(
    session,
    fc.record({
      run: mostlyFirst,
      kind: fc.oneof({ weight: 5, arbitrary: fc.nat(1) }, fc.nat(KINDS.length - 1)),
    }),
  )
  .map(([owner, place]) => ({ ...owner, ...place }))

/**
 * Few enough that a slot never sees more event ids than it has to remember: beyond that, drivers
 * may differ.
 */
const event = fc.oneof(fc.nat(3), fc.nat(REMEMBERED_EVENT_IDS - 1))

/** Mostly none, so that most records are seen. */
const expiry = fc.constantFrom<ExpiryChoice>('never', 'never', 'never', 'never', 'past', 'future')

const record: fc.Arbitrary<RecordChoice> = fc.record({
  slot,
  event,
  content: fc.nat(2),
  version: mostlyFirst,
  expiry,
})

const exactCondition: fc.Arbitrary<Exclude<ConditionChoice, 'none'>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('held' as const) },
  { weight: 1, arbitrary: fc.constant('empty' as const) },
  { weight: 2, arbitrary: event },
)

const condition: fc.Arbitrary<ConditionChoice> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: exactCondition },
)

const expectation: fc.Arbitrary<ExpectationChoice> = fc.record({ slot, holds: exactCondition })

/** Mostly none, so that most commits are small. */
function rarely<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<Item[]>([]) },
    { weight: 1, arbitrary: fc.array(item, { maxLength: 2 }) },
  )
}

/** A commit that may name a slot or an event id twice, and is then rejected. */
const unconstrainedCommit = fc.record({
  do: fc.constant('commit' as const),
  expect: fc.array(expectation, { maxLength: 2 }),
  save: fc.array(record, { maxLength: 3 }),
  saveIfEmpty: rarely(record),
  delete: fc.array(slot, { maxLength: 1 }),
  deletePrefix: rarely(fc.record({ slot, prefixLength: fc.nat(2) })),
})

/** A commit that names each slot and each event id once: duplicates are removed. */
const commit = unconstrainedCommit.map(({ expect, save, delete: deletions, ...rest }) => {
  const tenant = [...expect, ...save].map((each) => each.slot.tenant)[0] ?? 0
  const isOurs = (each: SlotChoice): boolean => each.tenant === tenant
  const all = uniqueBy(
    uniqueBy([...save, ...rest.saveIfEmpty], (each) => JSON.stringify(each.slot)),
    (each) => String(each.event),
  ).filter((each) => isOurs(each.slot))
  const saves = save.filter((each) => all.includes(each))
  const saved = new Set(all.map((each) => JSON.stringify(each.slot)))
  return {
    ...rest,
    saveIfEmpty: rest.saveIfEmpty.filter((each) => all.includes(each)),
    deletePrefix: rest.deletePrefix.filter((each) => isOurs(each.slot)),
    expect: uniqueBy(expect, (each) => JSON.stringify(each.slot)).filter((each) =>
      isOurs(each.slot),
    ),
    save: saves,
    delete: deletions.filter((each) => isOurs(each) && !saved.has(JSON.stringify(each))),
  }
})

function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const keys = items.map(keyOf)
  return items.filter((_, index) => keys.indexOf(keys[index] ?? '') === index)
}

/** Mostly the narrow ones, so that something is left. */
const level = fc.constantFrom<SubtreeLevel>('run', 'run', 'session', 'session', 'user', 'tenant')

const walk = { prefixLength: fc.nat(8), pageSize: fc.constantFrom(...PAGE_SIZES) }

const bound = fc.option(fc.nat(KINDS.length - 1), { nil: undefined })
const bounds: fc.Arbitrary<BoundsChoice> = fc.record({ from: bound, to: bound })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('save' as const), record, condition }) },
  { weight: 8, arbitrary: commit },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('saveIfEmpty' as const), record }) },
  { weight: 1, arbitrary: unconstrainedCommit },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('retry' as const), callsAgo: fc.nat(11) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('load', 'loadOrThrow'), slot }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('loadByEventId', 'loadByEventIdOrThrow'),
      session,
      event,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), slot, condition }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('touch' as const),
      slot,
      holds: exactCondition,
      expiry,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('prune' as const),
      level,
      slot,
      keepLatest: fc.constantFrom(undefined, 1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('deleteAll' as const), level, slot }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('loadMany' as const),
      slots: fc.array(slot, { maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('list', 'listKeys'),
      slot,
      ...walk,
      order: fc.constantFrom('ascending', 'descending'),
      limit: fc.constantFrom(...LIMITS),
      bounds,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('count' as const),
      slot,
      prefixLength: fc.nat(8),
      bounds,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('directory' as const),
      level: fc.constantFrom('run', 'session', 'user', 'tenant'),
      slot,
      pageSize: walk.pageSize,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('listKind' as const),
      kind: fc.nat(KINDS.length - 1),
      ...walk,
    }),
  },
)

/** A history of calls. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: MIN_STEPS,
  maxLength: MAX_STEPS,
  size: 'max',
})
