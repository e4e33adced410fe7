import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { messageOf } from '@harborage/core/kit'
import { ConnectionGate, type ConnectionUse } from '../src/internal/connection-gate.ts'
import { CONNECTION_TIMEOUT, LOCK_WAIT_TIMEOUT } from '../src/internal/failure-messages.ts'

const TIMEOUT_MS = 1_000

beforeEach(() => vi.useFakeTimers())

afterEach(() => vi.useRealTimers())

/** Enters, and records the name once admitted, or the reason for the rejection. */
function entering(
  gate: ConnectionGate,
  notes: string[],
): (use: ConnectionUse, name: string) => void {
  return (use, name) => {
    const admission = gate.enter(use) ?? Promise.resolve()
    admission.then(
      () => notes.push(name),
      () => notes.push(`${name} refused`),
    )
  }
}

test('admits as many calls as there are connections, and the others in order', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(2, TIMEOUT_MS)
  const enter = entering(gate, notes)
  for (const name of ['a', 'b', 'c', 'd']) enter('short', name)
  await vi.advanceTimersByTimeAsync(0)
  expect(notes).toEqual(['a', 'b'])
  expect(gate.waiting).toBe(2)
  gate.leave('short', false)
  gate.leave('short', true)
  await vi.advanceTimersByTimeAsync(0)
  expect(notes).toEqual(['a', 'b', 'c', 'd'])
})

test('long work leaves a fifth of the connections to short work', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(10, TIMEOUT_MS)
  const enter = entering(gate, notes)
  for (let index = 0; index < 20; index += 1) enter('long', 'long')
  expect(gate.hasRoomFor('long')).toBe(false)
  for (const name of ['one', 'two', 'three']) enter('short', name)
  await vi.advanceTimersByTimeAsync(0)
  expect(notes.filter((note) => note === 'long')).toHaveLength(8)
  expect(notes.slice(8)).toEqual(['one', 'two'])
})

test('both kinds of work take turns on one connection', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(1, TIMEOUT_MS)
  const enter = entering(gate, notes)
  enter('short', 'short')
  for (let index = 0; index < 3; index += 1) enter('long', 'long')
  for (let index = 0; index < 3; index += 1) enter('short', 'short')
  for (let left = 0; left < 6; left += 1) {
    await vi.advanceTimersByTimeAsync(0)
    gate.leave(notes.at(-1) === 'short' ? 'short' : 'long', false)
  }
  await vi.advanceTimersByTimeAsync(0)
  expect(notes).toEqual(['short', 'long', 'short', 'long', 'short', 'long', 'short'])
})

test('rejects calls that have waited for the whole limit while nothing moved', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(1, TIMEOUT_MS)
  const enter = entering(gate, notes)
  enter('short', 'first')
  enter('short', 'second')
  await vi.advanceTimersByTimeAsync(600)
  enter('short', 'third')
  await vi.advanceTimersByTimeAsync(400)
  expect(notes).toEqual(['first', 'second refused'])
  await vi.advanceTimersByTimeAsync(600)
  expect(notes).toEqual(['first', 'second refused', 'third refused'])
  gate.leave('short', true)
  expect(gate.waiting).toBe(0)
})

test('rejects no call while connections keep becoming free', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(1, TIMEOUT_MS)
  const enter = entering(gate, notes)
  for (let index = 0; index < 10; index += 1) enter('short', `${index}`)
  for (let index = 0; index < 10; index += 1) {
    await vi.advanceTimersByTimeAsync(900)
    gate.leave('short', false)
  }
  expect(notes).toHaveLength(10)
  expect(notes.join()).not.toContain('refused')
})

test('a broken connection does not count as progress', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(1, TIMEOUT_MS)
  const enter = entering(gate, notes)
  for (const name of ['first', 'second', 'third']) enter('short', name)
  await vi.advanceTimersByTimeAsync(900)
  gate.leave('short', true)
  await vi.advanceTimersByTimeAsync(100)
  expect(notes).toEqual(['first', 'second', 'third refused'])
})

test('names what a rejected call has waited for', async () => {
  const reasons: unknown[] = []
  const gate = new ConnectionGate(2, TIMEOUT_MS)
  await gate.enter('long')
  await gate.enter('short')
  for (const use of ['long', 'short'] as const) {
    gate.enter(use)?.catch((error: unknown) => reasons.push(error))
  }
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS)
  expect(reasons.map(messageOf)).toEqual([LOCK_WAIT_TIMEOUT, CONNECTION_TIMEOUT])
})

test('a call that becomes late while others are rejected is rejected at once', async () => {
  const notes: string[] = []
  const gate = new ConnectionGate(1, TIMEOUT_MS)
  const enter = entering(gate, notes)
  for (const name of ['served', 'early']) enter('short', name)
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS / 2)
  enter('short', 'late')
  const delays = vi.spyOn(globalThis, 'setTimeout')
  const now = performance.now() + TIMEOUT_MS / 2
  const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(now)
  clock.mockReturnValue(now + TIMEOUT_MS)
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS / 2 + 1)
  expect(notes).toEqual(['served', 'early refused', 'late refused'])
  for (const [, delayMs] of delays.mock.calls) expect(delayMs).toBeGreaterThanOrEqual(0)
  vi.restoreAllMocks()
})
