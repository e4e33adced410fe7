import { createInterface } from 'node:readline/promises'
import type { Streams } from './streams.ts'

/**
 * Asks a question on the terminal and resolves to the line that is typed. The question goes to the
 * standard error, so that a pipe does not get it.
 *
 * @throws the reason of the signal, if Ctrl-C comes first.
 */
export async function askOnTerminal(
  { stdin, stderr }: Streams,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  // Not as a terminal: in raw mode, Ctrl-C would be a character.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false })
  try {
    return await lines.question(question, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    lines.close()
  }
}
