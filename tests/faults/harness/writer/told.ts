/** The first line of a writing process, and its last. */
export const OPENING = 'opening'
export const CLOSED = 'closed'

const FAILED = 'failed'
const UNTYPED = 'untyped'

/** Returns the line for a call that failed with a typed error. */
export function failureLine(what: string, code: string): string {
  return `${FAILED} ${code} ${what}`
}

/**
 * Returns the last line of a process whose call failed too often, or without a typed error.
 */
export function surrenderLine(what: string, code: string | undefined, reason: string): string {
  return `gave up ${what} ${code === undefined ? UNTYPED : 'after'} ${code ?? ''}: ${reason}`
}

/** Returns whether a process gave up because of a typed error. */
export function isTypedSurrender(line: string): boolean {
  return line.startsWith('gave up') && !line.includes(` ${UNTYPED} `)
}

/** Returns how many operations of each caller were acknowledged. */
export function acknowledgedOf(lines: readonly string[], callers: number): readonly number[] {
  const counts = Array.from({ length: callers }, () => 0)
  for (const line of lines.filter(isAcknowledgement)) {
    const [number = 0, index = 0] = line.split(' ').map(Number)
    counts[number] = index + 1
  }
  return counts
}

export function isAcknowledgement(line: string): boolean {
  return /^\d+ \d+$/.test(line)
}

/** Returns the codes of the calls that failed. */
export function failuresOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [word, code = ''] = line.split(' ')
    return word === FAILED ? [code] : []
  })
}
