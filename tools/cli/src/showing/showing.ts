import type { Selection } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import type { Output } from '../output/output.ts'
import { printable } from '../output/printable.ts'
import type { OpenStores } from '../places/open-place.ts'

/** What is to be shown. */
export interface Showing {
  readonly stores: OpenStores
  readonly selection: Selection
  /** The kind, the id or the name; `''` of a conversation. */
  readonly name: string
  /** The largest number of turns or entries. */
  readonly limit: number
}

/** Prints what is known of a thing, a line for each fact, and an empty line. */
export async function printFacts(
  out: Output,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(facts)) {
    if (value !== '') await out.line(`${out.style('dim', name.padEnd(9))} ${printable(value)}`)
  }
  await out.line()
}

/** Writes bytes as they are, for `--raw`, and resolves to whether it was given. */
export async function writeRaw({ options, out }: CommandRun, bytes: Uint8Array): Promise<boolean> {
  if (!options.flag('raw')) return false
  if (out.isTerminal) {
    throw wrongUsage(
      '--raw writes bytes that could drive the terminal: send them to a file or a pipe',
    )
  }
  await out.write(bytes)
  return true
}
