import { posix } from 'node:path'

import { readPage, type Link, type Page } from './read-page.ts'

/** The files of a repository. Paths are from its root, with `/`. */
export interface Repository {
  /** The text of each page in Markdown, by its path. */
  readonly pages: ReadonlyMap<string, string>
  /** Returns whether a file or a folder is there. */
  has(path: string): boolean
}

/** The page that leads to every other page of `docs/`. */
const docsIndex = 'docs/README.md'
/** A page that npm shows, where no other file of the repository is. */
const ofPackage = /^packages\/[^/]+\/README\.md$/
/** How a page that is published outside of the repository, such as on npm, names a file in it. */
const ownFile = /^https:\/\/github\.com\/harborage\/harborage\/(?:blob|tree)\/main\//
const lines = /^L\d+(?:-L\d+)?$/

/** Returns what is wrong with the links of a repository's pages, each with its page and line. */
export function faultsOfLinks(repository: Repository): string[] {
  const pages = new Map<string, Page>()
  for (const [path, text] of repository.pages) pages.set(path, readPage(text))
  const faults: string[] = []
  for (const [path, { links, undefinedReferences }] of pages) {
    for (const link of links) {
      const fault = faultOfLink(repository, pages, path, link)
      if (fault !== undefined) faults.push(`${path}:${link.line}: ${link.url} ${fault}`)
    }
    for (const { line, url } of undefinedReferences) {
      faults.push(`${path}:${line}: ${url} has no definition`)
    }
  }
  return [...faults, ...faultsOfIndex(pages)]
}

function faultOfLink(
  repository: Repository,
  pages: ReadonlyMap<string, Page>,
  from: string,
  { url }: Link,
): string | undefined {
  const isOwn = ownFile.test(url)
  if (!isOwn && /^[a-z][a-z+.-]*:|^\/\//i.test(url)) return faultOfExternal(url)
  if (!isOwn && ofPackage.test(from) && !url.startsWith('#')) {
    return 'is relative, and npm shows this page without the repository: give its address'
  }
  const target = isOwn ? targetOf('', url.replace(ownFile, './')) : targetOf(from, url)
  if (target === undefined) return 'is not a well-formed link'
  const { path, anchor } = target
  if (path.startsWith('/')) return 'begins with a slash: links are relative to their page'
  if (path.startsWith('..')) return 'leads out of the repository'
  if (!repository.has(path)) return 'leads to no file'
  if (anchor === undefined) return undefined
  const page = pages.get(path)
  if (page === undefined) {
    return lines.test(anchor) ? undefined : 'names an anchor in what is no page'
  }
  return page.anchors.has(anchor) ? undefined : `names an anchor that ${path} does not have`
}

/** Checks the form alone: tests do not go out on the network. */
function faultOfExternal(url: string): string | undefined {
  const parsed = URL.parse(url)
  if (parsed === null) return 'is not a well-formed link'
  if (parsed.protocol === 'mailto:') return undefined
  if (parsed.protocol !== 'https:') return 'is not https'
  return parsed.hostname.includes('.') ? undefined : 'names no host'
}

/** Returns the path that a relative link leads to, from the root, and its anchor. */
function targetOf(from: string, url: string): { path: string; anchor?: string } | undefined {
  const [encoded = '', anchor] = url.split('#', 2)
  try {
    const decoded = decodeURIComponent(encoded)
    const path =
      decoded === '' || decoded.startsWith('/')
        ? decoded || from
        : posix.join(posix.dirname(from), decoded)
    return anchor === undefined ? { path } : { path, anchor: decodeURIComponent(anchor) }
  } catch {
    return undefined
  }
}

/** Returns the pages of `docs/` that a reader who begins at its index does not find. */
function faultsOfIndex(pages: ReadonlyMap<string, Page>): string[] {
  const found = new Set([docsIndex])
  for (const path of found) {
    for (const { url } of pages.get(path)?.links ?? []) {
      const target = targetOf(path, url)?.path
      if (target?.startsWith('docs/') === true && pages.has(target)) found.add(target)
    }
  }
  return [...pages.keys()]
    .filter((path) => path.startsWith('docs/') && !found.has(path))
    .map((path) => `${path}: cannot be reached from ${docsIndex}`)
}
