export interface Bar {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** The label at its end. */
  readonly text: string
}

export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

export interface BarChart {
  readonly title: string
  /** A description of the axis, also for readers who do not see the picture. */
  readonly description: string
  readonly groups: readonly BarGroup[]
}

const WIDTH = 860
const LEFT = 320
const RIGHT = 130
const TOP = 70
const ROW = 24
const GROUP_HEAD = 34
const BOTTOM = 36
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200]

const STYLE = `
  .ground { fill: #ffffff } .text { fill: #1f2328 } .soft { fill: #59636e } .grid { stroke: #d1d9e0 }
  .one { stroke: #59636e } .faster { fill: #2da44e } .slower { fill: #bf8700 } .whisker { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .text { fill: #f0f6fc } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
    .one { stroke: #9198a1 } .faster { fill: #3fb950 } .slower { fill: #d29922 } .whisker { stroke: #f0f6fc }
  }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif }
  .head { font-size: 16px; font-weight: 600 } .group { font-weight: 600 } .number { font-variant-numeric: tabular-nums }`

/**
 * Draws horizontal bars on a logarithmic axis, from 1 to the ratio. The line in a bar is the middle
 * half of the rounds.
 */
export function drawBarChart({ title, description, groups }: BarChart): string {
  const filled = groups.filter(({ bars }) => bars.length > 0)
  const bars = filled.flatMap((group) => group.bars)
  const x = axisOf(bars)
  const height =
    TOP + filled.reduce((sum, group) => sum + GROUP_HEAD + group.bars.length * ROW, 0) + BOTTOM
  const ticks = TICKS.filter((tick) => x(tick) >= LEFT - 1 && x(tick) <= WIDTH - RIGHT + 1)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text class="text head" x="16" y="28">${escaped(title)}</text>
<text class="soft" x="16" y="48">${escaped(description)}</text>
${ticks.map((tick) => drawTick(x(tick), tick, height)).join('\n')}
${drawGroups(filled, x)}
</svg>
`
}

type Axis = (ratio: number) => number

/** Returns an axis that shows 1, with room beyond the smallest and the largest ratio. */
function axisOf(bars: readonly Bar[]): Axis {
  const low = Math.min(0.8, ...bars.map((bar) => bar.low * 0.9))
  const high = Math.max(1.25, ...bars.map((bar) => bar.high * 1.1))
  const scale = (WIDTH - LEFT - RIGHT) / Math.log(high / low)
  return (ratio) => LEFT + Math.log(ratio / low) * scale
}

function drawTick(x: number, tick: number, height: number): string {
  const place = x.toFixed(1)
  return [
    `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${place}" x2="${place}" y1="${TOP}" y2="${height - BOTTOM}"/>`,
    `<text class="soft number" x="${place}" y="${height - 14}" text-anchor="middle">${tick}×</text>`,
  ].join('\n')
}

function drawGroups(groups: readonly BarGroup[], x: Axis): string {
  let y = TOP
  const parts: string[] = []
  for (const { title, bars } of groups) {
    parts.push(`<text class="text group" x="16" y="${y + 22}">${escaped(title)}</text>`)
    y += GROUP_HEAD
    for (const bar of bars) {
      parts.push(drawBar(bar, x, y))
      y += ROW
    }
  }
  return parts.join('\n')
}

function drawBar({ label, value, low, high, text }: Bar, x: Axis, y: number): string {
  const [from, to] = [Math.min(x(1), x(value)), Math.max(x(1), x(value))]
  const middle = y + ROW / 2 - 4
  const end = Math.max(to, x(high)) + 8
  return [
    `<text class="text" x="${LEFT - 12}" y="${y + 13}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${value >= 1 ? 'faster' : 'slower'}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(to - from, 1).toFixed(1)}" height="${ROW - 8}" rx="2"/>`,
    `<line class="whisker" x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
    `<text class="text number" x="${end.toFixed(1)}" y="${y + 13}">${escaped(text)}</text>`,
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
