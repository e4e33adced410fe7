import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { repositoryRoot as root } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

import { readPage } from './read-page.ts'

test('docs/errors.md explains every error code once', () => {
  const sources = globSync('{packages,adapters,tools}/*/src/**/*.ts', { cwd: root }).map(read)
  const declared = sources.flatMap((source) =>
    matches(/interface HarborageErrorCodes \{(.*?)\n {0,2}\}/gs, source).flatMap((body) =>
      matches(/readonly (\w+): true/g, body),
    ),
  )
  const explained = matches(/^- \*\*`(\w+)`\*\*: /gm, read('docs/errors.md'))
  expect(declared).toContain('outcome_unknown')
  // Stores that throw the same code declare it each.
  expect(explained.toSorted()).toEqual([...new Set(declared)].toSorted())
})

test('docs/guarantees.md has every guarantee that a suite checks, once and in order', () => {
  const files = globSync('packages/conformance/src/{state,artifacts,memory,journal}/*.ts', {
    cwd: root,
  })
  const checked = files.flatMap((path) => matches(/^([samj]\d\d)-/g, basename(path)))
  const listed = matches(/^- \*\*([SAMJ]\d+) /gm, read('docs/guarantees.md'))
  const numbered = listed.map((name) => name[0]?.toLowerCase() + name.slice(1).padStart(2, '0'))
  expect(numbered).toContain('m11')
  expect(numbered).toEqual(
    ['s', 'a', 'm', 'j'].flatMap((store) =>
      [...new Set(checked)].filter((name) => name.startsWith(store)).toSorted(),
    ),
  )
})

test('docs/glossary.md has every term once, in alphabetical order', () => {
  const terms = matches(/^## (.+)$/gm, read('docs/glossary.md')).map((term) => term.toLowerCase())
  expect(terms).toContain('event id')
  expect(terms).toEqual([...new Set(terms)].toSorted((one, other) => one.localeCompare(other)))
})

test('docs/README.md lists every page once', () => {
  const listed = readPage(read('docs/README.md')).links.map(({ url }) => url)
  expect(listed).toContain('glossary.md')
  expect(listed).toEqual([...new Set(listed)])
})

/** Returns what the first group of a pattern matches in a text. */
function matches(pattern: RegExp, text: string): string[] {
  return Array.from(text.matchAll(pattern), ([, group = '']) => group)
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
