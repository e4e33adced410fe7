import {
  describeCalls,
  unexplainedCalls,
  type RecordedCall,
} from '@harborage/conformance/histories'
import { expect, test } from 'vitest'

/** A read or a write of a register. */
type Access = { readonly register: string; readonly write?: string }

const registerNames = ['x', 'y']

const registers = {
  empty: {} as Readonly<Record<string, string>>,
  step(state: Readonly<Record<string, string>>, { register, write }: Access) {
    if (write === undefined) return { answer: state[register] ?? 'nothing', state }
    return { answer: 'written', state: { ...state, [register]: write } }
  },
  keyOf: (state: Readonly<Record<string, string>>) =>
    JSON.stringify(registerNames.map((name) => state[name] ?? null)),
  touches: ({ register }: Access) => [register],
  isRead: ({ write: text }: Access) => text === undefined,
}

function read(from: number, to: number, answer: string, register = 'x'): RecordedCall<Access> {
  return { call: { register }, from, to, answer }
}

function write(from: number, to: number, text: string, register = 'x'): RecordedCall<Access> {
  return { call: { register, write: text }, from, to, answer: 'written' }
}

function unanswered(from: number, text: string): RecordedCall<Access> {
  return { ...write(from, from + 1, text), answer: undefined }
}

const explained: Readonly<Record<string, readonly RecordedCall<Access>[]>> = {
  'without calls': [],
  'of consecutive calls': [write(1, 2, 'a'), read(3, 4, 'a'), write(5, 6, 'b'), read(7, 8, 'b')],
  'whose reads see a concurrent write, or do not': [
    write(1, 10, 'a'),
    read(2, 3, 'nothing'),
    read(4, 5, 'a'),
  ],
  'whose writes end in a different order than they began': [
    write(1, 10, 'a'),
    write(2, 9, 'b'),
    read(11, 12, 'a'),
    read(13, 14, 'a'),
  ],
  'whose unanswered write never takes effect': [unanswered(1, 'a'), read(5, 6, 'nothing')],
  'whose unanswered write takes effect late': [
    unanswered(1, 'a'),
    read(5, 6, 'nothing'),
    write(7, 8, 'b'),
    read(9, 10, 'b'),
    read(11, 12, 'a'),
  ],
}

const unexplained: Readonly<Record<string, readonly RecordedCall<Access>[]>> = {
  'whose read misses a write that was answered': [write(1, 2, 'a'), read(3, 4, 'nothing')],
  'whose reads go back in time': [write(1, 10, 'a'), read(2, 3, 'a'), read(4, 5, 'nothing')],
  'whose readers see two writes in two orders': [
    write(1, 10, 'a'),
    write(1, 10, 'b'),
    read(11, 14, 'a'),
    read(12, 13, 'b'),
  ],
  'whose read returns what was never written': [write(1, 2, 'a'), read(3, 4, 'b')],
  'whose read returns a write before it begins': [read(1, 2, 'a'), write(3, 4, 'a')],
  'whose unanswered write takes effect before it begins': [read(1, 2, 'a'), unanswered(3, 'a')],
  'whose unanswered write takes effect twice': [
    unanswered(1, 'a'),
    read(3, 4, 'a'),
    write(5, 6, 'b'),
    read(7, 8, 'b'),
    read(9, 10, 'a'),
  ],
}

test.each(Object.entries(explained))('an order explains a history %s', (_, history) => {
  expect(unexplainedCalls(registers, history)).toBeUndefined()
})

test.each(Object.entries(unexplained))('no order explains a history %s', (_, history) => {
  expect(unexplainedCalls(registers, history)).toHaveLength(history.length)
})

test('the unexplained calls are those that share a register', () => {
  const history = [write(1, 2, 'a'), read(3, 4, 'a'), write(1, 2, 'b', 'y'), read(3, 4, 'a', 'y')]
  expect(unexplainedCalls(registers, history)).toEqual(history.slice(2))
})

test('a long history of concurrent calls is checked', () => {
  const history = Array.from({ length: 100 }, (_, index) => [
    write(10 * index, 10 * index + 25, `${index}`),
    read(10 * index + 26, 10 * index + 27, `${index}`),
  ]).flat()
  expect(unexplainedCalls(registers, history)).toBeUndefined()
  expect(unexplainedCalls(registers, [...history, read(2_000, 2_001, '0')])).toBeDefined()
})

test('calls are described in the order in which they were made', () => {
  const text = describeCalls([
    { ...read(30, 41, 'a'), retries: 2 },
    { ...write(10, 20, 'a'), answer: undefined },
  ])
  expect(text).toBe(
    '0 to 10: {"register":"x","write":"a"} answered unknown\n20 to 31: {"register":"x"} answered a after 2 retries',
  )
})
