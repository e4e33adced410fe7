import type { Output } from '../output/output.ts'

/** How much of one payload a terminal gets. */
const MAX_LINES = 400
const MAX_COLUMNS = 4_000

/** How many characters are written at a time: single lines would take several times as long. */
const CHUNK = 64 * 1024

/** Prints lines: all of them, or on a terminal the first ones unless all are asked for. */
export async function printLines(
  out: Output,
  lines: Iterable<string>,
  options: { readonly isAll: boolean; readonly signal: AbortSignal },
): Promise<void> {
  if (out.isJson) return
  const isCut = out.isTerminal && !options.isAll
  let chunk = ''
  for (const line of isCut ? cutLines(lines, out) : lines) {
    chunk += `${line}\n`
    if (chunk.length < CHUNK) continue
    options.signal.throwIfAborted()
    await out.write(chunk)
    chunk = ''
  }
  await out.write(chunk)
}

function* cutLines(lines: Iterable<string>, out: Output): Iterable<string> {
  let count = 0
  for (const line of lines) {
    if (count >= MAX_LINES) {
      yield out.style('dim', '… and more: --all shows everything')
      return
    }
    count += 1
    yield line.length > MAX_COLUMNS ? cut(line, out) : line
  }
}

function cut(line: string, out: Output): string {
  const rest = line.length - MAX_COLUMNS
  const says = `… ${rest} more characters: --all shows everything`
  // Not within a pair of surrogates.
  return line.slice(0, MAX_COLUMNS).toWellFormed() + out.style('dim', says)
}
