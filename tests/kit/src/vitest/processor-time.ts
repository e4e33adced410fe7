import { readFileSync } from 'node:fs'

declare module 'vitest' {
  interface TaskMeta {
    /** What the process of a test file has used by the end of the file. Only on Linux. */
    processorTime?: ProcessorTime
  }
}

/** What a process has used of the processors, with the processes that it started and that ended. */
export interface ProcessorTime {
  readonly pid: number
  readonly seconds: number
}

/** Linux counts in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100
/** The places after the name of the program: utime, stime, cutime and cstime of proc(5). */
const PLACES = [11, 15] as const

/** Returns undefined where nothing says it, as on macOS and Windows. */
export function processorTime(): ProcessorTime | undefined {
  if (process.platform !== 'linux') return undefined
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // The name may have spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(...PLACES).reduce((sum, field) => sum + Number(field), 0)
  return { pid: process.pid, seconds: ticks / TICKS_PER_SECOND }
}
