import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { countWords } from '../src/tools/count-words.ts'
import { digestSha256 } from '../src/tools/digest-sha256.ts'
import { findMarks } from '../src/tools/find-marks.ts'
import { frequentWords } from '../src/tools/frequent-words.ts'
import { listHeadings } from '../src/tools/list-headings.ts'
import { listImports } from '../src/tools/list-imports.ts'
import { listKeys } from '../src/tools/list-keys.ts'
import type { TextFile } from '../src/tools/tool.ts'

function file(text: string): TextFile {
  return { path: 'some/file', bytes: Buffer.from(text), text }
}

test('count_words counts lines, words and bytes', () => {
  expect(countWords.use(file('one two\nthrée\n'))).toEqual({ lines: 2, words: 3, bytes: 15 })
  expect(countWords.use(file('no end of line'))).toMatchObject({ lines: 1, words: 4 })
})

test('digest_sha256 returns the digest of the bytes', () => {
  expect(digestSha256.use(file('x'))).toEqual({ sha256: hash('sha256', 'x') })
})

test('frequent_words counts words of four letters and more, the most frequent first', () => {
  expect(frequentWords.use(file('Wave, wave and wind. Sails: a the sails wave'))).toEqual({
    words: [
      ['wave', 3],
      ['sails', 2],
      ['wind', 1],
    ],
  })
})

test('list_imports finds what a module imports, each once', () => {
  const source = `import a from 'a'
import type { B } from "./b.ts"
export * from './c.ts'
const d = await import('d')
import 'a'
const e = require('e')
`
  expect(listImports.use(file(source))).toEqual({ modules: ['./b.ts', './c.ts', 'a', 'd', 'e'] })
})

test('list_headings finds headings, except in code', () => {
  expect(listHeadings.use(file('# One\n```sh\n# no\n```\n### Three\n#none\n'))).toEqual({
    headings: [
      { level: 1, title: 'One' },
      { level: 3, title: 'Three' },
    ],
  })
})

test('list_keys lists the top-level keys of a JSON file, and reports a file that is not JSON', () => {
  expect(listKeys.use(file('{ "a": { "x": 1 }, "b": 2 }'))).toEqual({
    valid: true,
    keys: ['a', 'b'],
  })
  expect(listKeys.use(file('[1]'))).toEqual({ valid: true, keys: [] })
  expect(listKeys.use(file('{'))).toEqual({ valid: false, keys: [] })
})

test('find_marks returns the line of each mark', () => {
  expect(findMarks.use(file('ok\n// TODO: later\nTODOS\n# FIXME'))).toEqual({
    marks: [
      { line: 2, mark: 'TODO' },
      { line: 4, mark: 'FIXME' },
    ],
  })
})
