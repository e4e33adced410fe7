import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { runCommandLine } from '../../src/run-command-line.ts'
import { openHarborageData } from './session-data.ts'

/** What is typed in the first session, with the answer to a question. */
const typed: readonly (readonly [command: string, answer?: string])[] = [
  ['harborage migrate'],
  ['harborage status'],
  ['harborage ls'],
  ['harborage ls -t acme -u ann -s s1'],
  ['harborage show slot session.cart -t acme -u ann -s s1'],
  ['harborage show conversation -t acme -u ann -s s1'],
  ['harborage tail events -t acme -u ann -s s1 -r r1 -n 2 --no-follow'],
  ['harborage usage --by user'],
  ['harborage doctor'],
  ['harborage erase -t acme -u ann --receipt ann.json', 'acme'],
  ['harborage ls -t acme -u ann'],
]

/** The program of the session writes its data after this command. */
const FIRST = 'harborage migrate'

/**
 * Runs a first session as on a terminal of 80 columns, and returns what it looks like. Dates and
 * the folder are always the same.
 */
export async function recordSession(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'harborage-')))
  try {
    const parts: string[] = []
    for (const [command, answer] of typed) {
      const { code, text } = await runOnTerminal(command, folder, answer)
      const shown = answer === undefined ? text : text.replace(/( to remove it: )/, `$1${answer}\n`)
      const exits = code === 0 ? '' : `(exits ${code})\n`
      parts.push(`$ ${command}\n${shown}${exits}`)
      if (command === FIRST) await openHarborageData(`sqlite:${join(folder, 'agent.db')}`)
    }
    return parts
      .join('\n')
      .replaceAll(folder, '/srv/agents')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, '2026-01-31 09:40:00Z')
      .replaceAll(/(SQLite) [\d.]+, .*/g, '$1 3, 256 KiB')
      .trimEnd()
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Runs a command as on a terminal, without colors. */
async function runOnTerminal(
  command: string,
  cwd: string,
  answer: string | undefined,
): Promise<{ readonly code: number; readonly text: string }> {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  if (answer !== undefined) stdin.write(`${answer}\n`)
  const env = { NO_COLOR: '1', HARBORAGE_DATABASE: 'sqlite:./agent.db' }
  const streams = { stdin, stdout: terminal, stderr: terminal, env, cwd }
  const args = command.split(' ').slice(1)
  const code = await runCommandLine(args, streams, new AbortController().signal)
  terminal.end()
  const chunks: Buffer[] = []
  for await (const chunk of terminal) chunks.push(Buffer.from(chunk as Uint8Array))
  return { code, text: Buffer.concat(chunks).toString() }
}
