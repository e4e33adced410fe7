import { expect, test } from 'vitest'
import { readLines } from '../src/exchange/read-lines.ts'

async function linesOf(chunks: readonly string[], maxBytes = 100) {
  const input = (async function* () {
    yield* chunks.map((chunk) => Buffer.from(chunk))
  })()
  const tooLong = (number: number) => new Error(`line ${number} is too long`)
  const lines: string[] = []
  for await (const { number, bytes, hasEnd } of readLines(input, maxBytes, tooLong)) {
    lines.push(`${number} ${bytes.toString()}${hasEnd ? '.' : ''}`)
  }
  return lines
}

test('lines are whole, however the chunks cut them', async () => {
  const text = 'one\ntwo\n\nfour'
  const whole = ['1 one.', '2 two.', '3 .', '4 four']
  for (let size = 1; size <= text.length; size += 1) {
    const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
    expect(await linesOf(chunks)).toEqual(whole)
  }
})

test('a line that is too long is refused before its end was read', async () => {
  let read = 0
  const input = (async function* () {
    for (; read < 1_000; read += 1) yield Buffer.alloc(10, 'x')
  })()
  const lines = readLines(input, 100, (number) => new Error(`line ${number} is too long`))
  await expect(lines.next()).rejects.toThrow('line 1 is too long')
  expect(read).toBe(10)
})
