/** The n-th call of one thread that fails. */
export interface Fault {
  readonly call: string
  readonly error: 'EIO' | 'ENOSPC'
  readonly when: number
}

/** What strace is told. */
export function injectionOf({ call, error, when }: Fault): string {
  return `${call}:error=${error}:when=${when}`
}

/** The lines of a strace that stand for a call that was made to fail. */
export function injectedIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.endsWith('(INJECTED)'))
}

/** Each call, by thread and name, with its number among those of its thread and name: as strace counts. */
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
