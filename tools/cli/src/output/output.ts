import type { Streams, Terminal } from '../streams.ts'
import { printable, printableJson } from './printable.ts'
import { styleFor, type StyleName } from './style.ts'

/** The version of the lines of `--json`: it grows when a field changes its meaning. */
export const JSON_VERSION = 1

/** The width of lines where there is no terminal. */
const DEFAULT_WIDTH = 80
const MIN_WIDTH = 40

/** What a line of `--json` has. Bytes and dates are texts. */
export type JsonFields = Readonly<Record<string, unknown>>

/**
 * Where a command prints: what was asked for to the standard output, as text or as lines of JSON,
 * and what it says about its work to the standard error.
 */
export class Output {
  /** Whether `--json` was given. */
  readonly isJson: boolean
  /** Whether the standard output is a terminal. */
  readonly isTerminal: boolean
  /** The number of columns, for text. */
  readonly width: number
  /** Styles text for the standard output. */
  readonly style: (name: StyleName, text: string) => string
  readonly #styleNote: (name: StyleName, text: string) => string
  readonly #streams: Streams

  /** @param options How to print. */
  constructor(streams: Streams, options: { readonly isJson: boolean; readonly isPlain: boolean }) {
    const { stdout, stderr, env } = streams
    this.isJson = options.isJson
    this.isTerminal = stdout.isTTY === true
    this.width = Math.max(MIN_WIDTH, stdout.columns ?? DEFAULT_WIDTH)
    this.style = styleFor(stdout, env, options.isPlain || options.isJson)
    this.#styleNote = styleFor(stderr, env, options.isPlain || options.isJson)
    this.#streams = streams
  }

  /**
   * Prints one result: its fields as a line of JSON, or else its text. The text may be styled; what
   * is stored in it has to be {@link printable}.
   */
  async item(type: string, fields: JsonFields, text: () => string): Promise<void> {
    await this.write(
      this.isJson ? `${printableJson({ v: JSON_VERSION, type, ...fields })}\n` : `${text()}\n`,
    )
  }

  /** Prints a line of text, which `--json` leaves out. */
  async line(text = ''): Promise<void> {
    if (!this.isJson) await this.write(`${text}\n`)
  }

  /** Writes text or bytes as they are, and waits while the reader is slow. */
  async write(chunk: string | Uint8Array): Promise<void> {
    const { stdout } = this.#streams
    if (stdout.destroyed) return
    if (!stdout.write(chunk)) await drained(stdout)
  }

  /** Prints something about the work, such as what remains. */
  note(text: string): void {
    this.#say('note', { message: text }, text)
  }

  /** Prints why the command fails. */
  error(command: string, fields: { readonly code: string; readonly message: string }): void {
    const name = this.#styleNote('red', command)
    this.#say('error', fields, `${name}: ${printable(fields.message)}`)
  }

  #say(type: string, fields: JsonFields, text: string): void {
    const { stderr } = this.#streams
    stderr.write(
      this.isJson ? `${printableJson({ v: JSON_VERSION, type, ...fields })}\n` : `${text}\n`,
    )
  }
}

/** Resolves once a stream takes more, or is closed because it is no longer read. */
function drained(stream: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}
