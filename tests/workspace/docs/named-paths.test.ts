import { expect, test } from 'vitest'

import { markdownPages, textOfPage } from './markdown-pages.ts'
import { missingPaths } from './named-paths.ts'

test('every file and folder that a page names exists', () => {
  expect(markdownPages).toContain('docs/decisions/0001-better-sqlite3.md')
  expect(markdownPages.flatMap((page) => missingPaths(page, textOfPage(page)))).toEqual([])
})

test('a missing one is reported with the page and the line', () => {
  const text = [
    'See `packages/core/src/identity.ts` and `packages/core/src/gone.ts`.',
    'Run `pnpm test tests/gone packages/core`, whose files are `packages/*/src/gone.ts`.',
  ]
  expect(missingPaths('docs/planted.md', text.join('\n'))).toEqual([
    'docs/planted.md:1: there is no packages/core/src/gone.ts',
    'docs/planted.md:2: there is no tests/gone',
  ])
})
