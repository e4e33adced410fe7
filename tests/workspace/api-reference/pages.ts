import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

import GithubSlugger from 'github-slugger'

import type { ReadEntries } from './read-entries.ts'

type Pages = Readonly<Record<string, string>>

/** Writes the pages into a folder, which then holds nothing else. */
export async function writePages({ app, project }: ReadEntries, folder: string): Promise<void> {
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project)
  for (const [page, text] of Object.entries(withAnchorsOfHeadings(pagesIn(folder)))) {
    writeFileSync(join(folder, page), text)
  }
}

/** Returns the text of each page in a folder, by its path from there. */
export function pagesIn(folder: string): Pages {
  const paths = globSync('**/*.md', { cwd: folder }).map((path) => path.replaceAll('\\', '/'))
  return Object.fromEntries(
    paths.toSorted().map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )
}

/**
 * Mends links whose anchor the plugin has numbered without a need. It takes the property `grade` of
 * `Finding` and the type `FindingGrade` for one heading that is there twice, and names the second.
 */
function withAnchorsOfHeadings(pages: Pages): Pages {
  const anchors = new Map(Object.entries(pages).map(([page, text]) => [page, anchorsOf(text)]))
  return Object.fromEntries(
    Object.entries(pages).map(([page, text]) => [
      page,
      text.replaceAll(/\]\(([^()#\s]*)#([^()\s]+)\)/g, (link, path: string, anchor: string) => {
        const target = path === '' ? page : normalize(join(dirname(page), path))
        const isThere = anchors.get(target.replaceAll('\\', '/'))?.has(anchor) ?? true
        return isThere ? link : `](${path}#${anchor.replace(/-\d+$/, '')})`
      }),
    ]),
  )
}

/** Returns the anchors that a host of Markdown makes of a page's headings, and those in its HTML. */
function anchorsOf(text: string): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const headings = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    slugger.slug(heading.replaceAll(/[\\`]/g, '')),
  )
  const named = Array.from(text.matchAll(/<a id="([^"]+)"/g), ([, name = '']) => name)
  return new Set([...headings, ...named])
}
