interface Begun {
  readonly line: string
  /** How many calls were written before it began. */
  readonly at: number
}

const UNFINISHED = ' <unfinished ...>'
const resumed = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/
const changes = /^\d+ +(?:pwrite64|ftruncate)\(/

/**
 * Joins the calls that strace wrote in two parts, since another thread made one meanwhile. A call
 * counts from its end: what is synchronized is safe only then. An acknowledgement counts from its
 * beginning, because it may have been read by then.
 */
export function wholeCalls(lines: readonly string[]): string[] {
  const begun = new Map<string, Begun>()
  const whole: string[] = []
  for (const line of lines) {
    const [, thread = '', rest = ''] = resumed.exec(line) ?? []
    const start = begun.get(thread)
    if (line.endsWith(UNFINISHED)) {
      const cut = line.slice(0, -UNFINISHED.length)
      begun.set(cut.split(' ', 1).join(), { line: cut, at: whole.length })
    } else if (start === undefined) {
      whole.push(line)
    } else {
      begun.delete(thread)
      const call = start.line + rest
      if (isSync(call)) refuseChanges(fileOf(call), whole.slice(start.at))
      if (isTold(call)) whole.splice(start.at, 0, call)
      else whole.push(call)
    }
  }
  return whole
}

/**
 * Throws if a file was changed during a sync: it is unknown whether the sync includes the change.
 */
function refuseChanges(file: string, meanwhile: readonly string[]): void {
  if (meanwhile.some((call) => changes.test(call) && fileOf(call) === file)) {
    throw new Error('a file was changed while it was synchronized')
  }
}

function isSync(call: string): boolean {
  return /^\d+ +f(?:data)?sync\(/.test(call)
}

function isTold(call: string): boolean {
  return /^\d+ +writev\(/.test(call)
}

function fileOf(call: string): string {
  return /<([^>]*)>/.exec(call)?.[1] ?? ''
}
