import type {
  ListNamespacesOperation,
  MatchCondition,
  Operation,
  SearchOperation,
} from '@langchain/langgraph-checkpoint'
import fc from 'fast-check'

/** A batch of operations, and how many milliseconds pass before it. */
export interface Step {
  readonly pause: number
  readonly operations: readonly Operation[]
}

const label = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a-',
  'B',
  '/',
  '%2f',
  '!',
  ' ',
  'é',
  '😀',
  '__proto__',
)
const namespace = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(label, { minLength: 1, maxLength: 3 }) },
)
const key = fc.constantFrom('k', 'l', 'm', 'K', '', 'a/b', '%', '!k', '__proto__')

const scalar = fc.constantFrom(0, 1, 2, 10, -1.5, '', '1', '10', 'x', null, true, false)
// InMemoryStore compares objects by identity, so that values and filters share them.
const shared = fc.constantFrom<object>({ x: 1 }, { x: { y: [] } }, [1, 2], ['x'])
const field = fc.oneof({ weight: 5, arbitrary: scalar }, shared)
const fieldName = fc.constantFrom('a', 'b', 'c')
const value = fc.dictionary(fieldName, field, { noNullPrototype: true })

const operators = fc.record(
  {
    $eq: field,
    $ne: field,
    $gt: scalar,
    $gte: scalar,
    $lt: scalar,
    $lte: scalar,
    $in: fc.array(field, { maxLength: 3 }),
    $nin: fc.array(field, { maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
)
const fewOperators = operators.map((all) => Object.fromEntries(Object.entries(all).slice(0, 2)))
const condition = fc.oneof(field, fewOperators, fc.constant(undefined))
const filter = fc.dictionary(fieldName, condition, { noNullPrototype: true, maxKeys: 2 })

const count = fc.integer({ min: 0, max: 5 })
const paging = fc.record({ limit: count, offset: count }, { requiredKeys: [] })
const pagingOfList = fc.record({ limit: count, offset: count })

const search: fc.Arbitrary<SearchOperation> = fc
  .tuple(
    fc.oneof(namespace, fc.constant<string[]>([])),
    paging,
    fc.record({ filter }, { requiredKeys: [] }),
  )
  .map(([namespacePrefix, page, filtered]) => ({ namespacePrefix, ...page, ...filtered }))

const path = fc.array(fc.oneof(fc.constantFrom('a', 'b', '*'), label), { maxLength: 3 })
const matchCondition: fc.Arbitrary<MatchCondition> = fc.record({
  matchType: fc.constantFrom('prefix', 'suffix'),
  path,
})
const list: fc.Arbitrary<ListNamespacesOperation> = fc
  .tuple(
    pagingOfList,
    fc.array(matchCondition, { maxLength: 2 }),
    fc.record({ maxDepth: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: [] }),
  )
  .map(([page, matchConditions, depth]) => ({ matchConditions, ...page, ...depth }))

const put = fc.record({ namespace, key, value })
const deletion = fc.record({ namespace, key, value: fc.constant(null) })
const get = fc.record({ namespace, key })

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 2, arbitrary: deletion },
  { weight: 2, arbitrary: get },
  { weight: 3, arbitrary: search },
  { weight: 2, arbitrary: list },
)

/** Steps, most of which have one operation. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    pause: fc.constantFrom(0, 1, 1, 5),
    operations: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(operation) },
      { weight: 1, arbitrary: fc.array(operation, { maxLength: 8 }) },
    ),
  }),
  { minLength: 5, maxLength: 30, size: 'max' },
)
