import GithubSlugger from 'github-slugger'
import { toString } from 'mdast-util-to-string'
import { remark } from 'remark'
import { visit } from 'unist-util-visit'

/** A page in Markdown: where it points, and where others can point in it. */
export interface Page {
  readonly links: readonly Link[]
  /** The anchors that the code host makes of headings, and those that the page names in HTML. */
  readonly anchors: ReadonlySet<string>
  /**
   * References such as `[text][name]` without a definition, which are shown as they are written.
   */
  readonly undefinedReferences: readonly Link[]
}

export interface Link {
  readonly line: number
  readonly url: string
}

// Without the tables and bare links of the code host, of which the parser would take half its time:
// what is in a table is found all the same, and so is a bare link.
const markdown = remark()
const bareLink = /\bhttps?:\/\/[^\s<>()|"']*[^\s<>()|"'.,:;!?*_]/g
const namedAnchor = /<[a-z][^>]*\s(?:id|name)="([^"]+)"/g
const hrefOrSource = /<[a-z][^>]*\s(?:href|src|srcset)="([^"\s]+)/g
const reference = /\[[^[\]]+\]\[[^[\]]*\]/g

/** Reads the links and the anchors of a page. What is in code is neither. */
export function readPage(text: string): Page {
  const links: Link[] = []
  const undefinedReferences: Link[] = []
  const anchors = new Set<string>()
  const slugger = new GithubSlugger()
  visit(markdown.parse(text), (node, _, parent) => {
    const line = node.position?.start.line ?? 0
    if (node.type === 'heading') anchors.add(slugger.slug(toString(node)))
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push({ line, url: node.url })
    }
    if (node.type === 'html') {
      for (const [, name = ''] of node.value.matchAll(namedAnchor)) anchors.add(name)
      for (const [, url = ''] of node.value.matchAll(hrefOrSource)) links.push({ line, url })
    }
    if (node.type === 'text') {
      for (const [url] of node.value.matchAll(reference)) undefinedReferences.push({ line, url })
      if (parent?.type === 'link') return
      for (const [url] of node.value.matchAll(bareLink)) links.push({ line, url })
    }
  })
  return { links, anchors, undefinedReferences }
}
