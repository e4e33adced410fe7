import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { measure } from '@harborage/test-kit/measure'
import { describe, expect, test } from 'vitest'
import { printable } from '../src/output/printable.ts'
import { payloadLines } from '../src/payload/payload-lines.ts'
import { change } from './support/changed-tables.ts'
import { engines, type TestPlace } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

/** Escapes of ANSI in C0 and C1, directions, separators of lines, and what is invisible. */
const driving =
  '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\u2066\u2028\u200b\ufeff\u0085\r\u0008\u007f'
const name = `n${driving}`
const owner = { tenantId: name, userId: name, sessionId: name }
const ofOwner = ['-t', name, '-u', name, '-s', name] as const

/** Several times the depth at which a function that calls itself has no stack left. */
const DEPTH = measure({ quick: 30_000, full: 100_000 })
const LONG_LINE_BYTES = measure({ quick: 2 ** 20, full: 10 * 2 ** 20 })

const payloads: Readonly<Record<string, Uint8Array>> = {
  'a text': Buffer.from(driving),
  JSON: Buffer.from(JSON.stringify({ [driving]: driving })),
  'JSON with raw characters': Buffer.from('{"a":"\u009b\u202e"}'),
  NUL: Buffer.from('a\0b'),
  'invalid UTF-8': Buffer.from([0x61, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0xc3]),
  'a half of a surrogate': Buffer.from([0xed, 0xa0, 0x80]),
  'deep JSON': Buffer.from('['.repeat(DEPTH) + ']'.repeat(DEPTH)),
  'deep objects': Buffer.from('{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH)),
  'a long line': Buffer.alloc(LONG_LINE_BYTES, 'x'),
  nothing: new Uint8Array(),
}

async function fill(at: TestPlace, bytes: Uint8Array): Promise<string> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  await using journal = await openJournalStore({ database })
  const rules = { strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore({ database, ...rules })
  await state.save({ eventId: newEventId(), identity: owner, kind: name, bytes })
  const { id } = await artifacts.putBytes(owner, bytes, { filename: driving })
  await journal.append(owner, name, [{ entryId: newEventId(), type: driving, bytes }])
  await memory.addTurn(owner, { userMessage: driving, assistantResponse: driving })
  await memory.passages.replace(owner, name, [{ text: driving, bytes }])
  return id
}

/** What no output may have: everything that is unprintable but for the end of a line. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

describe.each(Object.entries(payloads))('of %s, no command drives the terminal', (_, bytes) => {
  test('and JSON has all of it', async () => {
    const at = await engines.SQLite()
    const id = await fill(at, bytes)
    for (const args of [
      ['ls'],
      ['ls', '-t', name],
      ['ls', ...ofOwner],
      ['show', 'slot', name, ...ofOwner],
      ['show', 'artifact', id, ...ofOwner],
      ['show', 'stream', name, ...ofOwner],
      ['show', 'conversation', ...ofOwner],
      ['show', 'passages', name, ...ofOwner],
      ['tail', name, '--no-follow', ...ofOwner],
      ['usage', '--by', 'user'],
      ['usage', '--by', 'kind'],
      ['erase', '--dry-run', ...ofOwner],
    ]) {
      const plain = await runCommand(args, at)
      expect({ args, code: plain.code }).toEqual({ args, code: 0 })
      expect(unsafe.exec(plain.stdout + plain.stderr)?.[0]).toBeUndefined()
      const json = await runCommand([...args, '--json'], at)
      expect(unsafe.exec(json.stdout + json.stderr)?.[0]).toBeUndefined()
      const lines = jsonLinesOf(json)
      const payload = lines.find((line) => 'payload' in line)?.['payload']
      if (args[0] === 'show' && args[1] !== 'conversation') {
        expect(bytesOf(payload).equals(bytes)).toBe(true)
      }
    }
  })
})

function bytesOf(payload: unknown): Buffer {
  if (typeof payload !== 'object' || payload === null) return Buffer.alloc(0)
  if ('text' in payload) return Buffer.from(String(payload.text))
  return 'base64' in payload ? Buffer.from(String(payload.base64), 'base64') : Buffer.alloc(0)
}

test('names in errors and questions cannot drive the terminal either', async () => {
  const { stderr } = await runCommand(['status', '--config', name])
  expect(stderr).toContain(String.raw`\u{1b}[2J`)
  expect(unsafe.test(stderr)).toBe(false)
  expect(printable(driving)).not.toMatch(unsafe)
})

test('names of migrations that a database has cannot drive the terminal', async () => {
  const at = await engines.SQLite()
  await fill(at, Buffer.from('{}'))
  const values = `('9999${driving}', '')`
  await change(at, `insert into harbor_state_migrations (name, timestamp) values ${values}`)
  for (const args of [['status'], ['status', '--json'], ['doctor']]) {
    const { code, stdout, stderr } = await runCommand(args, at)
    expect({ args, code }).toEqual({ args, code: 3 })
    expect(unsafe.exec(stdout + stderr)?.[0]).toBeUndefined()
  }
})

test.each([
  ['a string', '"', 'x'],
  ['a string of escapes', '"', String.raw`\\\"`],
  ['a number', '', '1'],
])('JSON that is one long value is printed: %s', (_, quote, part) => {
  const json = quote + part.repeat(20_000_000 / part.length) + quote
  const [line = '', ...others] = payloadLines(Buffer.from(json))
  expect(line === json).toBe(true)
  expect(others).toEqual([])
})

test('JSON with line ends of Windows is indented without them', () => {
  const json = Buffer.from('{\r\n\t"a": [1,\r\n2],\r\n "b": "\\r\\\\", "c": true\r\n}\r\n')
  expect([...payloadLines(json)]).toEqual([
    '{',
    '  "a": [',
    '    1,',
    '    2',
    '  ],',
    String.raw`  "b": "\r\\",`,
    '  "c": true',
    '}',
  ])
})
