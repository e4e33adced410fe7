import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot as root } from '@harborage/test-kit/repository-root'
import { describe, expect, test } from 'vitest'

import { faultsOfLinks, type Repository } from './check-links.ts'
import { markdownPages, textOfPage } from './markdown-pages.ts'

test('every link and anchor in the repository leads somewhere, and docs/README.md to every page', () => {
  const pages = new Map(markdownPages.map((path) => [path, textOfPage(path)]))
  expect([...pages.keys()]).toEqual(
    expect.arrayContaining(['README.md', 'docs/README.md', 'packages/core/README.md']),
  )
  expect(faultsOfLinks({ pages, has: (path) => existsSync(join(root, path)) })).toEqual([])
})

describe('a fault is reported with its page and line', () => {
  test.each<[what: string, page: string, fault: string]>([
    ['a file that is not there', '[a](b.md)', 'b.md leads to no file'],
    ['a picture that is not there', '![a](b.svg)', 'b.svg leads to no file'],
    ['a definition of what is not there', '[a]: b.md', 'b.md leads to no file'],
    ['HTML that names what is not there', '<img src="b.svg">', 'b.svg leads to no file'],
    ['a name in another case', '[a](Other.md)', 'Other.md leads to no file'],
    [
      'an anchor that its own page does not have',
      '[a](#b)',
      '#b names an anchor that docs/page.md does not have',
    ],
    [
      'an anchor that another page does not have',
      '[a](other.md#the-end)',
      'other.md#the-end names an anchor that docs/other.md does not have',
    ],
    [
      'an anchor of a heading that occurs once less',
      '[a](other.md#twice-2)',
      'other.md#twice-2 names an anchor that docs/other.md does not have',
    ],
    [
      'an anchor in a source file',
      '[a](../source.ts#b)',
      '../source.ts#b names an anchor in what is no page',
    ],
    [
      'a file of this repository, by its address, that is not there',
      '[a](https://github.com/harborage/harborage/blob/main/b.md)',
      'https://github.com/harborage/harborage/blob/main/b.md leads to no file',
    ],
    ['a way out of the repository', '[a](../../b.md)', '../../b.md leads out of the repository'],
    [
      'a path from the root',
      '[a](/docs/other.md)',
      '/docs/other.md begins with a slash: links are relative to their page',
    ],
    ['a malformed relative link', '[a](%zz.md)', '%zz.md is not a well-formed link'],
    ['a malformed external link', '[a](https://[b)', 'https://[b is not a well-formed link'],
    ['an external link without encryption', '<http://b.org>', 'http://b.org is not https'],
    ['a bare link without encryption', 'See http://b.org/c.', 'http://b.org/c is not https'],
    ['a link in a table', '| [b](c.md) |\n| - |', 'c.md leads to no file'],
    ['an external link to no host', '[a](https://b/c)', 'https://b/c names no host'],
    ['a reference without a definition', '[a][b]', '[a][b] has no definition'],
  ])('%s', (_, text, fault) => {
    const pages = { 'docs/page.md': `# A page\n\n${text}` }
    expect(faultsOfLinks(repository(pages))).toEqual([`docs/page.md:3: ${fault}`])
  })

  test('a relative link in the page of a package, which npm shows', () => {
    const pages = { 'packages/a/README.md': '[a](../../docs/page.md) and [b](#b)\n\n## b' }
    expect(faultsOfLinks(repository(pages))).toEqual([
      'packages/a/README.md:1: ../../docs/page.md is relative, and npm shows this page without the repository: give its address',
    ])
  })

  test('a page of docs that its index does not lead to', () => {
    const pages = {
      'docs/guides/lost.md': '[another](also-lost.md)',
      'docs/guides/also-lost.md': '[back](lost.md)',
    }
    expect(faultsOfLinks(repository(pages))).toEqual([
      'docs/guides/lost.md: cannot be reached from docs/README.md',
      'docs/guides/also-lost.md: cannot be reached from docs/README.md',
    ])
  })
})

test.each<[what: string, text: string]>([
  ['a page', '[a](other.md)'],
  ['a folder', '[a](../docs)'],
  ['a heading of its own', '## In `code`, *twice*\n\n[a](#in-code-twice)'],
  ['a heading that occurs twice', '[a](other.md#twice-1)'],
  ['an anchor in HTML', '<a id="here"></a>\n\n[a](#here)'],
  ['lines of a source file', '[a](../source.ts#L1-L2)'],
  [
    'a page by its address',
    '[a](https://github.com/harborage/harborage/blob/main/docs/other.md#twice)',
  ],
  ['an external page', '[a](https://b.org/c?d#e)'],
  ['nothing, since it is code', '`[a](b.md)` and `a[b][c]`\n\n```\n[a](b.md)\n```'],
])('a link to %s is no fault', (_, text) => {
  expect(faultsOfLinks(repository({ 'docs/page.md': text }))).toEqual([])
})

/** Returns a repository with an index, another page, a source file and the pages that are given. */
function repository(planted: Readonly<Record<string, string>>): Repository {
  const pages = new Map([
    ['docs/README.md', '[a page](page.md) and [another](other.md)'],
    ['docs/page.md', '# A page'],
    ['docs/other.md', '# Twice\n\n# Twice\n'],
    ...Object.entries(planted),
  ])
  const others = new Set(['docs', 'source.ts'])
  return { pages, has: (path) => pages.has(path) || others.has(path) }
}
