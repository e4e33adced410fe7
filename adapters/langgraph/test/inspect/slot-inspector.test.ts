import { newEventId, type InspectedContent } from '@harborage/core'
import { slotInspector } from '@harborage/langgraph/inspect'
import { openStateStore, type StateRecord } from '@harborage/state'
import { Choice } from '@harborage/test-kit/choice'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues } from '@harborage/test-kit/hostile/hostile-values'
import { measure } from '@harborage/test-kit/measure'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'

import { parseItemKind } from '../../src/store/item-kind.ts'
import { HIDDEN, LARGE, LONG, writtenSlots } from './support/written-slots.ts'

const A_TEXT: unknown = expect.any(String)

let slots: readonly StateRecord[]
beforeAll(async () => {
  await using state = await openStateStore()
  slots = await writtenSlots(state)
})

test('every slot that a saver and a store write is described and read', async () => {
  for (const slot of slots) {
    expect(slotInspector.describe(slot.kind)).toBeDefined()
    expect(await slotInspector.decode(slot)).toMatchObject({ isReadable: true })
  }
  const labels = new Set(slots.map(({ kind }) => String(slotInspector.describe(kind)?.label)))
  expect([...labels].toSorted()).toEqual([
    'checkpoint',
    'item',
    'large value of a channel',
    'mark of an import',
    'newest checkpoint',
    'thread',
    'write of a special channel',
    'writes of a task',
  ])
})

test('a kind names what it spells out, and the content has the rest', async () => {
  const names = labeled('item').map(({ kind }) => slotInspector.describe(kind)?.names)
  expect(names).toContainEqual({ namespace: ['memories', 'food/drink'], key: 'tea' })
  expect(names).toContainEqual({})
  expect(await valuesOf('item')).toEqual(
    expect.arrayContaining([
      { namespace: ['memories', 'food/drink'], key: 'tea', value: { text: 'green', weight: 3 } },
      { ...HIDDEN, value: { text: 'hidden' } },
    ]),
  )
  const inNamespace = slots.filter(({ kind }) => kind.startsWith('lg/c%h'))
  expect(inNamespace).toHaveLength(2)
  for (const { kind } of inNamespace) expect(slotInspector.describe(kind)?.names).toEqual({})
  expect(await valuesOf('checkpoint')).toContainEqual(
    expect.objectContaining({
      checkpoint_ns: 'n'.repeat(600),
      checkpoint_id: 'no uuid '.repeat(40),
    }),
  )
})

test('a checkpoint says what LangGraph knows of it, and where large values are', async () => {
  const [large] = labeled('large value of a channel')
  const checkpoints = await valuesOf('checkpoint')
  expect(checkpoints).toContainEqual(
    expect.objectContaining({
      v: 4,
      metadata: { source: 'loop', step: 0, parents: {} },
      channel_values: {
        large: { type: 'json', slot: large?.kind },
        bytes: new Uint8Array([0, 255]),
      },
      channel_versions: { large: 1, bytes: 1 },
    }),
  )
  expect(await valuesOf('large value of a channel')).toContainEqual(
    new Uint8Array(Buffer.from(JSON.stringify(LARGE))),
  )
  // An object of the framework stays as it was serialized.
  expect(JSON.stringify(checkpoints)).toContain('"lc":2,"type":"constructor","id":["Map"]')
})

test('writes, threads and marks say whose they are', async () => {
  expect(await valuesOf('write of a special channel')).toContainEqual(
    expect.objectContaining({
      writes: [expect.objectContaining({ channel: '__interrupt__', index: -3 })],
    }),
  )
  expect(await valuesOf('writes of a task')).toContainEqual({
    task_id: 'task '.repeat(60),
    task_path: '',
    writes: [{ index: 0, channel: 'a', value: 1 }],
  })
  const threads = await valuesOf('thread')
  expect(threads).toContainEqual({ thread_id: LONG, is_pruning: false })
  const deleted = { thread_id: 'gone', is_pruning: false, deleted_until: A_TEXT }
  expect(threads).toContainEqual(deleted)
  expect(await valuesOf('mark of an import')).toEqual([{ first_checkpoint_id: A_TEXT }])
  expect(await valuesOf('newest checkpoint')).toContainEqual({
    checkpoint_id: 'no uuid '.repeat(40),
  })
})

const strangers = [
  '',
  'task.checkpoint',
  'lgx',
  'lg/',
  'lg/x',
  'lg/c',
  'lg/c/',
  'lg/cabc',
  'lg/c/short',
  'lg/c/zzzzzzzzzzzzzzzzzzzzzz',
  'lg/c/~%zzzz',
  'lg/c/~a/~b/~c',
  'lg/c/~a/~b/0',
  'lg/c/~a/~b/1/2',
  'lg/c%h/~a',
  'lg/b',
  'lg/bshort',
  'lg/h%00',
  'lg/i/',
  'lgs/',
  'lgs/a',
  'lgs/!k',
  'lgs//!k',
  'lgs/a//!k',
  'lgs/%t/!k',
  'lgs/a/!%h',
  'lgs/a/!%zz',
]

test.each(strangers)('a slot of another kind, such as %o, is not told about', async (kind) => {
  expect(slotInspector.describe(kind)).toBeUndefined()
  expect(await slotInspector.decode(slotOf(kind, new Uint8Array([1])))).toBeUndefined()
})

test('no kind makes it fail, and a kind that it describes is one that is written', () => {
  const part = fc.constantFrom('lg', 'lgs', '/', 'c', 'b', 'h', '!', '~', '%t', '%h', '%0041', 'x')
  const kinds = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part, { maxLength: 9 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(kinds, (kind) => {
      const description = slotInspector.describe(kind)
      expect(description === undefined || kind.startsWith('lg')).toBe(true)
      if (kind.startsWith('lgs/')) expect(parseItemKind(kind)).toEqual(description?.names)
    }),
    { numRuns: measure({ quick: 500, full: 50_000 }) },
  )
})

test('a slot of a newer release says so', async () => {
  for (const slot of slots) {
    const newer =
      slotInspector.describe(slot.kind)?.label === 'item'
        ? { ...slot, version: 2 }
        : { ...slot, bytes: Buffer.concat([Buffer.from([2]), slot.bytes.subarray(1)]) }
    expect(await slotInspector.decode(newer)).toMatchObject({
      isReadable: false,
      reason: 'newer_format',
    })
  }
})

test('empty bytes, and a format before the first, are damaged and not newer', async () => {
  for (const slot of slots) {
    if (slotInspector.describe(slot.kind)?.label === 'item') continue
    for (const bytes of [new Uint8Array(0), new Uint8Array([0, 1])]) {
      expect(await slotInspector.decode({ ...slot, bytes })).toMatchObject({
        isReadable: false,
        reason: 'damaged',
      })
    }
  }
})

test.each(Object.entries(hostileValues))('it answers %s, and never fails', async (_what, value) => {
  const described = await callUnchecked(slotInspector, 'describe', value)
  expect(described).toBeUndefined()
  expect(await callUnchecked(slotInspector, 'decode', value)).toBeUndefined()
  for (const slot of slots) {
    expect(await callUnchecked(slotInspector, 'decode', { ...slot, kind: value })).toBeUndefined()
    const content = await callUnchecked(slotInspector, 'decode', { ...slot, bytes: value })
    expect(content).toMatchObject({ isReadable: false, reason: 'damaged' })
  }
})

test('no bytes make it fail: they are read, or it says that they cannot be', async () => {
  const choice = new Choice(16)
  const seen = new Set<InspectedContent['isReadable']>()
  for (let round = 0; round < measure({ quick: 20, full: 500 }); round += 1) {
    for (const slot of slots) {
      const content = await slotInspector.decode({ ...slot, bytes: deformed(slot.bytes, choice) })
      if (content === undefined) throw new Error('it is described, and not read')
      seen.add(content.isReadable)
    }
  }
  expect(seen.size).toBe(2)
})

const headers: readonly unknown[] = [
  null,
  [],
  {},
  { thread: 1 },
  { v: 4, t: 1e300, c: [], n: [], s: {}, m: [0], x: [] },
  { v: 4, t: 0, c: [], n: [], s: {}, m: [-1], x: [] },
  { v: 4, t: 0, c: [], n: [], s: {}, m: [9e15], x: [] },
  { v: 4, t: 0, c: [], n: [], s: {}, m: [0], x: [[0, 0]] },
  { w: [['a', 0.5, 0]] },
  { w: [['a', 0, 1]] },
  { id: 1 },
  { first: {} },
]

test.each(headers.map((header) => ({ header })))(
  '$header is the header of no slot',
  async ({ header }) => {
    const json = Buffer.from(JSON.stringify(header))
    const bytes = Buffer.concat([Buffer.from([1, 0, 0, 0, json.length]), json])
    const framed = slots.filter(({ kind }) => {
      const label = slotInspector.describe(kind)?.label
      return label !== 'item' && label !== 'large value of a channel'
    })
    for (const slot of framed) {
      expect(await slotInspector.decode({ ...slot, bytes })).toMatchObject({
        isReadable: false,
        reason: 'damaged',
      })
    }
  },
)

/** Returns the slots that have a label. */
function labeled(label: string): readonly StateRecord[] {
  return slots.filter(({ kind }) => slotInspector.describe(kind)?.label === label)
}

/** Resolves to what the slots say that have a label. */
async function valuesOf(label: string): Promise<readonly unknown[]> {
  const contents = await Promise.all(labeled(label).map((slot) => slotInspector.decode(slot)))
  return contents.map((content) => content?.isReadable === true && content.value)
}

function slotOf(kind: string, bytes: Uint8Array): StateRecord {
  const [slot] = slots
  if (slot === undefined) throw new Error('nothing was written')
  return { ...slot, eventId: newEventId(), kind, bytes }
}

/** Returns bytes of which some are missing, doubled or others. */
function deformed(bytes: Uint8Array, choice: Choice): Uint8Array {
  const at = choice.below(bytes.length)
  const changed = Buffer.from(bytes)
  switch (choice.below(4)) {
    case 0:
      return changed.subarray(0, at)
    case 1:
      return Buffer.concat([changed.subarray(0, at), changed])
    case 2:
      return Buffer.from(bytes.map(() => choice.below(256)))
    default:
      changed[at] = choice.below(256)
      return changed
  }
}
