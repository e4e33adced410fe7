import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { checkRules, plantImport, type Plant } from './check-rules.ts'
import {
  commentsFitTheirWidth,
  filesAreShort,
  functionDocsBeginWithAVerb,
  sourcesUsePlainWords,
} from './rules/plain-sources.ts'

const core = 'packages/core/src'
const adapter = 'adapters/frame/src'
const tool = 'tools/cli/src'

/** Plants a doc comment before some code. */
function plantDoc(what: string, doc: string, code: string): Plant {
  return plantImport(what, core, `/** ${doc} */\n${code}`)
}

checkRules([
  {
    name: 'sources use plain words',
    rule: sourcesUsePlainWords,
    plants: [
      plantImport('in a comment', core, `// Whoever comes first.`),
      plantImport('another word', core, `/** Takes whatever is there. */`),
      plantImport('of nobody', core, `// Nobody waits.`),
      plantImport('of somebody', core, `// Somebody waits.`),
      plantImport('a phrase', core, `// Waits so many milliseconds.`),
      plantImport('over two lines', core, `/* Waits so\n * many milliseconds. */`),
      plantImport('another phrase', core, `// What stands against it.`),
      plantImport('in a message', core, `throw new Error('nobody answered')`),
      plantImport('in an adapter', adapter, `// Nobody waits.`),
      plantImport('in a tool', tool, `// Nobody waits.`),
    ],
  },
  {
    name: 'the doc comment of a function begins with what it does',
    rule: functionDocsBeginWithAVerb,
    plants: [
      plantDoc('of a function', 'Gives a name.', `function name() {}`),
      plantDoc('of an exported function', 'Says what is there.', `export function name() {}`),
      plantDoc('of an async function', 'Gives it.', `export async function name() {}`),
      plantDoc('of a default export', 'Gives it.', `export default function name() {}`),
      plantDoc('of an arrow function', 'Tells the name.', `export const name = () => 1`),
      plantDoc('over lines', '\n * Whether it is there.\n', `export const is = () => true`),
      plantDoc('a noun', 'The name.', `export const name = () => 1`),
      plantDoc('a question', 'What is there.', `export function name() {}`),
      plantImport('of a method', core, `class A { /** Gives it. */ get() {} }`),
      plantImport('of a private method', core, `class A { /** Gives it. */ async #get() {} }`),
      plantImport('of a getter', core, `class A { /** Gives it. */ get it() { return 1 } }`),
      plantImport('of a signature', core, `interface A { /** Gives it. */ get(): string }`),
      plantImport('of a type', core, `interface A { /** Gives it. */ readonly get: () => string }`),
      plantImport('of a property', core, `const a = { /** Gives it. */ get() {} }`),
    ],
  },
  {
    name: 'comments are not wider than .editorconfig allows',
    rule: commentsFitTheirWidth,
    plants: [
      plantImport('of one line', core, `// ${'x'.repeat(98)}`),
      plantImport('of an indented line', core, `      // ${'x'.repeat(92)}`),
      plantImport('a doc comment', core, `/** ${'x'.repeat(94)} */`),
      [
        'a line of a doc comment',
        `${core}/bad.ts`,
        `/**\n * ${'x'.repeat(98)}\n */`,
        `${core}/bad.ts:2`,
      ],
    ],
  },
  {
    name: 'no file has more than 350 lines',
    rule: filesAreShort,
    plants: [['one more', `${core}/bad.ts`, 'export {}\n'.repeat(351), `${core}/bad.ts has 351`]],
  },
])

const root = join(import.meta.dirname, '../../..')

/** All text of the repository that people write and read. */
const texts: readonly Text[] = globSync(
  ['**', '.github/**', '.changeset'].map(
    (folder) => `${folder}/*.{ts,md,mjs,cjs,js,json,yaml,yml}`,
  ),
  {
    cwd: root,
    exclude: (name) => ['node_modules', 'dist', 'coverage', '.git'].includes(name),
  },
).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

interface Text {
  readonly path: string
  readonly text: string
}

function pathsWithBelongsInto(within: readonly Text[]): readonly string[] {
  return within.filter(({ text }) => /\bbelongs[\s*/]+into\b/i.test(text)).map(({ path }) => path)
}

test('things belong in their places everywhere in the repository', () => {
  expect(texts.length).toBeGreaterThan(1_000)
  expect(pathsWithBelongsInto(texts)).toEqual([])
})

test.each([' ', '\n', '\n * ', '\n// '])('a planted text is reported: %j', (gap) => {
  const planted = { path: 'docs/bad.md', text: `It belongs${gap}into the docs.` }
  expect(pathsWithBelongsInto([planted])).toEqual(['docs/bad.md'])
})
