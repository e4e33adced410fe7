import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Streams } from './streams.ts'

/**
 * Asks a question on the terminal and resolves to the line that is typed, or to `undefined` if
 * the input ends without one, as by Ctrl-D. The question goes to the standard error, so that a pipe
 * does not get it.
 *
 * @throws the reason of the signal, if Ctrl-C comes first.
 */
export async function askOnTerminal(
  { stdin, stderr }: Streams,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Not as a terminal: in raw mode, Ctrl-C would be a character.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false })
  try {
    const ended = once(lines, 'close').then(() => undefined)
    return await Promise.race([lines.question(question, { signal }), ended])
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    lines.close()
  }
}
