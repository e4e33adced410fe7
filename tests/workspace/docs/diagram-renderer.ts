import { JSDOM } from 'jsdom'

import type { Fence } from './find-fences.ts'

/** Renders a diagram, and returns its SVG. */
export type RenderDiagram = (text: string) => Promise<string>

/** About how wide a character is, and how high a line, in pixels. */
const CHARACTER_WIDTH = 8
const LINE_HEIGHT = 16

/**
 * Loads mermaid with a document of jsdom, which needs no browser. jsdom lays nothing out, so the
 * size of a text is estimated by its characters: the SVG is not pretty, and has all of its parts.
 */
export async function loadMermaid(): Promise<RenderDiagram> {
  const { window } = new JSDOM('<!doctype html><body></body>')
  Object.assign(globalThis, {
    window,
    document: window.document,
    CSSStyleSheet: window.CSSStyleSheet,
  })
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: SVGElement) {
      return { x: 0, y: 0, width: widthOf(this), height: LINE_HEIGHT }
    },
    getComputedTextLength(this: SVGElement) {
      return widthOf(this)
    },
  })
  const { default: mermaid } = await import('mermaid')
  mermaid.initialize({ startOnLoad: false, htmlLabels: false })
  let count = 0
  return async (text) => {
    await mermaid.parse(text)
    count += 1
    const { svg } = await mermaid.render(`diagram-${count}`, text)
    return svg
  }
}

/** Renders each diagram, and returns what is wrong with them, each with its file and line. */
export async function faultsOfDiagrams(
  render: RenderDiagram,
  fences: readonly Fence[],
): Promise<string[]> {
  const faults: string[] = []
  for (const { path, line, code } of fences) {
    const fault = await faultOf(render, code)
    if (fault !== undefined) faults.push(`${path}:${line}: ${fault}`)
  }
  return faults
}

async function faultOf(render: RenderDiagram, code: string): Promise<string | undefined> {
  try {
    const svg = await render(code)
    if (!svg.includes('<text')) return 'nothing was drawn'
    return svg.includes('NaN') ? 'a part has no place' : undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function widthOf({ textContent }: Element): number {
  return (textContent ?? '').length * CHARACTER_WIDTH
}
