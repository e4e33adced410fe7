import { newEventId } from '@harborage/core'
import { parseEventIds } from '@harborage/core/kit'
import type { MemoryHeader } from '@harborage/memory'
import { expect, test } from 'vitest'

import { isUsual, readHeader, storedHeader, writeHeader } from '../src/sql/stored-header.ts'

const LINEAGE = 7

const header: MemoryHeader = {
  strategy: 'rolling_summary',
  nextPosition: 80,
  turns: 2,
  tokens: 30,
  turnIds: [newEventId(), newEventId()],
  health: 'retry',
  failures: 1,
  foldClaimId: 'claim',
  lastAppliedId: undefined,
  lineage: LINEAGE,
}

/** Values for every field, in JSON. Most are wrong for most fields. */
const values = [
  'null',
  'true',
  '""',
  '"truncation"',
  '"healthy"',
  '"5"',
  '0',
  '-0',
  '-1',
  '1.5',
  '9007199254740991',
  '9007199254740992',
  '-9007199254740992',
  '1e400',
  '[]',
  '[""]',
  '["a"]',
  '["a",1]',
  '["\\ud800"]',
  '{}',
  '{"length":0}',
]

const stored: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(storedHeader.parse(JSON.parse(writeHeader(header)))).map(([name, value]) => [
    name,
    JSON.stringify(value),
  ]),
)

function textOf(fields: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${value}`],
  )
  return `{${parts.join()}}`
}

const texts = Object.keys(stored).flatMap((name) => [
  textOf({ ...stored, [name]: undefined }),
  textOf({ ...stored, [name]: undefined, other: '1' }),
  // As a computed name: an object literal would set the prototype.
  textOf({ ...stored, [name]: undefined, ['__proto__']: textOf(stored) }),
  ...values.map((value) => textOf({ ...stored, [name]: value })),
])

/** Returns what {@link readHeader} should, by the schema alone. */
function bySchema(text: string): MemoryHeader | undefined {
  try {
    const { turnIds, folder, ended, ...rest } = storedHeader.parse(JSON.parse(text))
    return {
      ...rest,
      turnIds: parseEventIds(turnIds),
      foldClaimId: folder ?? undefined,
      lastAppliedId: ended ?? undefined,
      lineage: LINEAGE,
    }
  } catch {
    return undefined
  }
}

test('a header is read exactly as the schema would read it', () => {
  const others = ['', 'null', '[]', '7', '"text"', textOf({ ...stored, other: '1' })]
  const all = [...texts, ...others, textOf(stored)]
  const read = (text: string) => ({ text, header: readHeader(text, LINEAGE) })
  const expected = (text: string) => ({ text, header: bySchema(text) })
  expect(all.map(read)).toEqual(all.map(expected))
})

test('a header that is written today is read without the schema', () => {
  const text = writeHeader(header)
  expect(isUsual(JSON.parse(text))).toBe(true)
  expect(readHeader(text, LINEAGE)).toEqual(header)
})
