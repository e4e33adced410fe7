import { grouped } from '../account/numbers.ts'

const BAR_WIDTH = 40
const REDRAW_MS = 50
const LINE_MS = 5_000
const TO_LINE_START = '\r\u001b[2K'

/** Shows how far the work has come, on standard error. */
export interface Progress {
  update(done: number): void
  /** Has to be called before anything else is printed. */
  clear(): void
}

/** What it needs of a terminal, or of what is there instead. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** A bar on a terminal; a plain line now and then where there is none, or where NO_COLOR is set. */
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
