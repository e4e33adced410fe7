import { grouped } from '../account/numbers.ts'

const BAR_WIDTH = 40
const REDRAW_MS = 50
const LINE_MS = 5_000
const TO_LINE_START = '\r\u001b[2K'

/** Shows the progress of the work on standard error. */
export interface Progress {
  update(done: number): void
  /** Has to be called before anything else is printed. */
  clear(): void
}

/** The parts of an output stream that it needs. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Returns a progress bar on a terminal. Without a terminal or with NO_COLOR, it prints a plain line
 * now and then.
 */
export function showProgress(total: number, stream: ProgressStream = process.stderr): Progress {
  const isPlain =
    stream.isTTY !== true || Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb'
  const everyMs = isPlain ? LINE_MS : REDRAW_MS
  let shownAt = performance.now()
  return {
    update(done) {
      if (performance.now() - shownAt < everyMs) return
      shownAt = performance.now()
      const text = `${grouped(done)} of ${grouped(total)} steps`
      stream.write(isPlain ? `  … ${text}\n` : `${TO_LINE_START}  ${bar(done / total)} ${text}`)
    },
    clear() {
      if (!isPlain) stream.write(TO_LINE_START)
    },
  }
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH)
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
}
