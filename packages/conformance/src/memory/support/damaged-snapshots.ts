import type { JsonObject } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import { SNAPSHOT_TURN_IDS } from '@harborage/memory'

/** Functions that damage the text of a snapshot with turns, each with what is wrong about it. */
export const damagedSnapshots: readonly (readonly [
  fault: string,
  damage: (text: string) => string,
])[] = [
  ['with more text after it', (text) => `${text}{}`],
  ['with more text before it', (text) => `x${text}`],
  ['that is an array', (text) => `[${text}]`],
  ['that is a text', (text) => JSON.stringify(text)],
  ['that is null', () => 'null'],
  ['that is true', () => 'true'],
  ['that is an empty object', () => '{}'],
  ['that is blank', () => '   '],
  ['that is nested too deep', () => '['.repeat(100_000)],
  ['with an unknown field', edit((envelope) => ({ ...envelope, more: 1 }))],
  ['with a __proto__', (text) => text.replace('{', '{"__proto__":{"turns":[]},')],
  ...['format', 'version', 'strategy', 'summary', 'turns', 'turnIds'].flatMap(
    (field): [string, (text: string) => string][] => [
      [`without its ${field}`, edit((envelope) => without(envelope, field))],
      [`with null as its ${field}`, edit((envelope) => ({ ...envelope, [field]: null }))],
      [`with an object as its ${field}`, edit((envelope) => ({ ...envelope, [field]: {} }))],
      [`with a number as its ${field}`, edit((envelope) => ({ ...envelope, [field]: 2 }))],
    ],
  ),
  ['of another format', edit((envelope) => ({ ...envelope, format: 'harborage.state' }))],
  ['with an ill-formed summary', edit((envelope) => ({ ...envelope, summary: '\ud800' }))],
  ['with a turn that is null', editTurn(() => null)],
  ['with a turn that is an array', editTurn((turn) => [turn])],
  ['with an unknown field in a turn', editTurn((turn) => ({ ...turn, more: 1 }))],
  ['with a __proto__ in a turn', (text) => text.replace('{"turnId"', '{"__proto__":{},"turnId"')],
  ...['turnId', 'timestamp', 'userMessage', 'assistantResponse'].flatMap(
    (field): [string, (text: string) => string][] => [
      [`with a turn without its ${field}`, editTurn((turn) => without(turn, field))],
      [`with null as the ${field} of a turn`, editTurn((turn) => ({ ...turn, [field]: null }))],
      [`with an array as the ${field} of a turn`, editTurn((turn) => ({ ...turn, [field]: [] }))],
    ],
  ),
  ['with a date out of range', editTurn((turn) => ({ ...turn, timestamp: 8.64e15 + 1 }))],
  ['with a date of half a millisecond', editTurn((turn) => ({ ...turn, timestamp: 0.5 }))],
  ['with an empty turn id', editTurn((turn) => ({ ...turn, turnId: '' }))],
  ['with a turn id that is too long', editTurn((turn) => ({ ...turn, turnId: 'x'.repeat(129) }))],
  [
    'with a turn that is too large',
    editTurn((turn) => ({ ...turn, userMessage: 'x'.repeat(2 ** 20) })),
  ],
  [
    'with artifacts that are nested too deep',
    (text) =>
      text.replace(
        '{"turnId"',
        `{"artifactsShown":${'{"a":'.repeat(200)}1${'}'.repeat(200)},"turnId"`,
      ),
  ],
  [
    'with a number out of range',
    (text) => text.replace('{"turnId"', '{"artifactsShown":{"n":1e999},"turnId"'),
  ],
  ['with a turn twice', edit(twice)],
  ['with a turn again while its id is remembered', edit(againAfter(SNAPSHOT_TURN_IDS - 1))],
  ['with one turn id twice', edit((envelope) => ({ ...envelope, turnIds: ['a', 'a'] }))],
  ['with a turn id of another type', edit((envelope) => ({ ...envelope, turnIds: [7] }))],
  ['with a remembered id that is empty', edit((envelope) => ({ ...envelope, turnIds: [''] }))],
  [
    'with too many turn ids',
    edit((envelope) => ({ ...envelope, turnIds: idsUpTo(SNAPSHOT_TURN_IDS + 1) })),
  ],
]

function edit(change: (envelope: JsonObject) => unknown): (text: string) => string {
  return (text) => {
    return JSON.stringify(change(parseJsonObject(text)))
  }
}

/** Changes the last turn. */
function editTurn(change: (turn: JsonObject) => unknown): (text: string) => string {
  return edit((envelope) => {
    const turns = turnsOf(envelope)
    const last = turns.at(-1) ?? {}
    return { ...envelope, turns: [...turns.slice(0, -1), change(last)] }
  })
}

function idsUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `id ${index}`)
}

function twice(envelope: JsonObject): unknown {
  const turns = turnsOf(envelope)
  return { ...envelope, turns: [...turns, ...turns] }
}

/** Returns a function that repeats the last turn after `count` others. */
function againAfter(count: number): (envelope: JsonObject) => unknown {
  return (envelope) => {
    const last = turnsOf(envelope).at(-1) ?? {}
    const others = idsUpTo(count).map((turnId) => ({ ...last, turnId }))
    return { ...envelope, turns: [last, ...others, last] }
  }
}

function turnsOf({ turns }: JsonObject): JsonObject[] {
  if (!Array.isArray(turns)) return []
  return turns.map((turn: unknown) => parseJsonObject(JSON.stringify(turn)))
}

function without(object: JsonObject, field: string): unknown {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field))
}
