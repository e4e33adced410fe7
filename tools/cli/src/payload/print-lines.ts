import type { Output } from '../output/output.ts'

/** How much of one payload a terminal gets. */
const MAX_LINES = 400
const MAX_COLUMNS = 4_000

/** Prints lines: all of them, or on a terminal the first ones unless all are asked for. */
export async function printLines(
  out: Output,
  lines: Iterable<string>,
  options: { readonly isAll: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const isCut = out.isTerminal && !options.isAll
  let count = 0
  for (const line of lines) {
    if (isCut && count >= MAX_LINES) {
      await out.line(out.style('dim', '… and more: --all shows everything'))
      return
    }
    options.signal.throwIfAborted()
    const isLong = isCut && line.length > MAX_COLUMNS
    await out.line(isLong ? cut(line, out) : line)
    count += 1
  }
}

function cut(line: string, out: Output): string {
  const rest = line.length - MAX_COLUMNS
  const says = `… ${rest} more characters: --all shows everything`
  // Not within a pair of surrogates.
  return line.slice(0, MAX_COLUMNS).toWellFormed() + out.style('dim', says)
}
