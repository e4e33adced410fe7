import { HarborageSession } from '@harborage/openai-agents'
import { memory, places } from '@harborage/test-kit/adapters/places'
import { failureOf } from '@harborage/test-kit/failure-of'
import {
  isSessionHistoryRewriteAwareSession,
  isSessionHistoryTransactionAwareSession,
  MemorySession,
  type Session,
  type SessionHistoryTransaction,
} from '@openai/agents'
import { describe, expect, test } from 'vitest'

import { ann, messages, textOf } from './support/items.ts'
import { malformed } from './support/malformed.ts'

const append = (...texts: string[]): SessionHistoryTransaction => ({
  type: 'append_items',
  items: messages(...texts),
})
const replace = (expected: string[], ...texts: string[]): SessionHistoryTransaction => ({
  type: 'replace_suffix',
  expectedSuffix: messages(...expected),
  replacement: messages(...texts),
})

const inOrder = (left: unknown, right: unknown): number => (String(left) < String(right) ? -1 : 1)

async function textsOf(session: Session): Promise<unknown[]> {
  return (await session.getItems()).map(textOf)
}

describe.each(places)('history transactions on $name', ({ open }) => {
  test('append and replace once per operation id, also in another process', async () => {
    const { journal } = await open()
    const make = () => new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    const apply = (operationId: string, transaction: SessionHistoryTransaction) =>
      make().applyHistoryTransaction({ operationId, transaction })
    await apply('o1', append('a', 'b'))
    await apply('o1', append('a', 'b'))
    await apply('o2', replace(['a', 'b'], 'c'))
    await apply('o2', replace(['a', 'b'], 'c'))
    expect(await textsOf(make())).toEqual(['c'])
    await apply('o3', replace(['c']))
    await apply('o1', append('a', 'b'))
    await apply('o4', replace([], 'd'))
    expect(await textsOf(make())).toEqual(['d'])
    for (let index = 0; index < 20; index += 1) await apply(`more ${index}`, append(`${index}`))
    await apply('o2', replace(['a', 'b'], 'c'))
    expect((await textsOf(make())).length).toBe(21)
  })

  test('of an operation id that was used for another one change nothing', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann })
    const apply = (transaction: SessionHistoryTransaction) =>
      session.applyHistoryTransaction({ operationId: 'o1', transaction })
    await apply(append('a', 'b'))
    for (const other of [append('a'), append('a', 'b', 'c'), replace([], 'a', 'b')]) {
      expect(await failureOf(apply(other))).toMatchObject({ code: 'idempotency_conflict' })
    }
    expect(await textsOf(session)).toEqual(['a', 'b'])
  })

  test('whose suffix does not match change nothing, and may be repeated with another one', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann })
    const apply = (transaction: SessionHistoryTransaction) =>
      session.applyHistoryTransaction({ operationId: 'o1', transaction })
    await session.addItems(messages('a'))
    for (const wrong of [replace(['b'], 'c'), replace(['x', 'a'], 'c')]) {
      expect(await failureOf(apply(wrong))).toMatchObject({ code: 'condition_failed' })
    }
    expect(await textsOf(session)).toEqual(['a'])
    await apply(replace(['a'], 'c'))
    expect(await textsOf(session)).toEqual(['c'])
  })

  test('of one operation id that are made at once are applied once, beside others', async () => {
    const { journal } = await open()
    const make = () => new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    const calls = Array.from({ length: 12 }, (_, index) =>
      make().applyHistoryTransaction({
        operationId: `o${index % 3}`,
        transaction: append(`${index % 3}`),
      }),
    )
    await Promise.all([...calls, make().addItems(messages('x')), make().addItems(messages('y'))])
    expect((await textsOf(make())).toSorted(inOrder)).toEqual(['0', '1', '2', 'x', 'y'])
  })
})

test('the SDK sees that a session has transactions and mutations', async () => {
  const { journal } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann })
  expect(isSessionHistoryTransactionAwareSession(session)).toBe(true)
  expect(isSessionHistoryRewriteAwareSession(session)).toBe(true)
})

test('an expected suffix is equal by its content, as in the session in memory of the SDK', async () => {
  const { journal } = await memory.open()
  const item = { type: 'unknown', providerData: { a: 1, b: { c: [1, { d: 2 }] } } } as const
  const sameItem = { providerData: { b: { c: [1, { d: 2 }] }, a: 1 }, type: 'unknown' } as const
  const other = { type: 'unknown', providerData: { a: 1, b: { c: [{ d: 2 }, 1] } } } as const
  const sessions = [new HarborageSession({ journal, owner: ann }), new MemorySession()]
  for (const session of sessions) {
    await session.addItems([item])
    const apply = async (operationId: string, expected: typeof item | typeof other) =>
      session.applyHistoryTransaction({
        operationId,
        transaction: {
          type: 'replace_suffix',
          expectedSuffix: [expected],
          replacement: messages('new'),
        },
      })
    await expect(apply('o1', other)).rejects.toThrow()
    await apply('o2', sameItem)
    expect(await textsOf(session)).toEqual(['new'])
  }
})

test.each([
  ['no operation id', { operationId: ' ', transaction: append('a') }],
  ['no transaction', { operationId: 'o1' }],
  ['an unknown type', { operationId: 'o1', transaction: { type: 'sort' } }],
  ['no items', { operationId: 'o1', transaction: { type: 'append_items' } }],
  ['nothing', undefined],
])('with %s a transaction is refused', async (_, args) => {
  const { journal } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann })
  const applying = session.applyHistoryTransaction(malformed(args))
  expect(await failureOf(applying)).toMatchObject({ code: 'invalid_record' })
})
