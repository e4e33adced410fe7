import { beforeAll, describe, expect, test } from 'vitest'

import { faultsOfDiagrams, loadMermaid, type RenderDiagram } from './diagram-renderer.ts'
import { findFences, type Fence } from './find-fences.ts'
import { markdownPages, textOfPage } from './markdown-pages.ts'

let render: RenderDiagram

beforeAll(async () => {
  render = await loadMermaid()
})

test('mermaid parses and draws every diagram of the documentation', async () => {
  const diagrams = markdownPages.flatMap((path) =>
    findFences(path, textOfPage(path).split('\n')).filter(({ language }) => language === 'mermaid'),
  )
  expect(diagrams.map(({ path }) => path)).toContain('docs/architecture.md')
  expect(await faultsOfDiagrams(render, diagrams)).toEqual([])
})

describe('a diagram is reported with its file and its line', () => {
  test.each<[what: string, code: string, report: RegExp]>([
    ['if an arrow leads nowhere', 'sequenceDiagram\n  A->>', /^docs\/planted\.md:10: Parse error/],
    ['if a block is not ended', 'flowchart TD\n  subgraph a\n  b --> c', /planted\.md:10: Parse/],
    ['if there is no such diagram', 'sequence\n  A->>B: hi', /planted\.md:10: .*diagram type/],
    ['if it is empty', 'sequenceDiagram', /planted\.md:10: nothing was drawn/],
  ])('%s', async (_, code, report) => {
    expect(await faultsOfDiagrams(render, [planted(code)])).toEqual([expect.stringMatching(report)])
  })

  test('unless it is whole: its texts are in the drawing', async () => {
    const svg = await render('sequenceDiagram\n  A->>B: a call\n  B-->>A: its answer')
    expect(svg).toContain('a call')
    expect(svg).toContain('its answer')
  })
})

function planted(code: string): Fence {
  return { path: 'docs/planted.md', line: 10, language: 'mermaid', words: [], code }
}
