import { CLOSED, isTypedSurrender } from '../../harness/writer/told.ts'

/** The n-th call of one thread that fails, and all after it if the disk stays broken. */
export interface Fault {
  readonly call: string
  readonly error: 'EIO' | 'ENOSPC'
  readonly when: number
  readonly stays: boolean
}

/** Returns the argument for strace. */
export function injectionOf({ call, error, when, stays }: Fault): string {
  return `${call}:error=${error}:when=${when}${stays ? '+' : ''}`
}

/**
 * Returns what is wrong with how a writer ended: it comes to its end, or gives up a disk that stays
 * broken.
 */
export function faultsInEnd(fault: Fault, last: string): readonly string[] {
  if (last === CLOSED || (fault.stays && isTypedSurrender(last))) return []
  return [`after ${injectionOf(fault)} the writer ended early: ${last}`]
}

/** Returns the lines of a strace that stand for a call that was made to fail. */
export function injectedIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.endsWith('(INJECTED)'))
}

/**
 * Each call, by thread and name, with its number among those of its thread and name: as strace
 * counts.
 */
export function numbered(
  lines: readonly string[],
): readonly { readonly call: string; readonly when: number; readonly line: string }[] {
  const counts = new Map<string, number>()
  return lines.flatMap((line) => {
    const [, thread, call = ''] = /^(\d+) +(\w+)\(/.exec(line) ?? []
    if (call === '') return []
    const when = (counts.get(`${thread} ${call}`) ?? 0) + 1
    counts.set(`${thread} ${call}`, when)
    return [{ call, when, line }]
  })
}
