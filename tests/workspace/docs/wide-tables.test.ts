import { expect, test } from 'vitest'

import { markdownPages, textOfPage } from './markdown-pages.ts'
import { wideRows } from './wide-tables.ts'

/** Pages that a program writes. */
const generated = /^docs\/(?:benchmarks\.md|api\/)|CHANGELOG\.md$/

test('every table can be read in a terminal, but for those of generated pages', () => {
  const pages = markdownPages.filter((path) => !generated.test(path))
  expect(pages).toContain('docs/reliability.md')
  expect(pages.flatMap((path) => wideRows(path, textOfPage(path)))).toEqual([])
})

test('a row that is too wide is reported with its page and line', () => {
  const rows = ['text', '| a | b |', `| ${'c'.repeat(117)} |`, `| ${'d'.repeat(116)} |`]
  expect(wideRows('docs/page.md', rows.join('\n'))).toEqual([
    'docs/page.md:3: this row takes 121 columns: make a list of its sentences',
  ])
})
