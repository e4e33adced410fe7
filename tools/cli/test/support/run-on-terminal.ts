import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'

const bin = join(import.meta.dirname, '../../src/bin.ts')

/** How a command is run on a terminal. */
export interface TerminalOptions {
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A command that runs on a real terminal. */
export interface TerminalProcess {
  /** Types text; `\r` is the return key and `\u0003` Ctrl-C. */
  type(text: string): void
  /** Resolves once the terminal shows the text. Fails if the command ends without it. */
  shows(text: string): Promise<void>
  /** Resolves to the exit code and to all that was shown, as the terminal got it. */
  ended(): Promise<{ readonly code: number; readonly raw: string; readonly text: string }>
}

/** Runs the command in a process of its own on a pseudoterminal. */
export function runOnTerminal(args: readonly string[], options?: TerminalOptions): TerminalProcess {
  return spawnOnTerminal([process.execPath, bin, ...args], options)
}

/**
 * Runs a script of the shell on a pseudoterminal. There, `"$@"` is the command, to which arguments
 * can be added.
 */
export function runScriptOnTerminal(script: string, options?: TerminalOptions): TerminalProcess {
  return spawnOnTerminal(['sh', '-c', script, 'sh', process.execPath, bin], options)
}

function spawnOnTerminal(
  [program, ...args]: readonly [string, ...string[]],
  { columns = 80, env = {}, cwd = '/' }: TerminalOptions = {},
): TerminalProcess {
  const terminal = spawn(program, args, {
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows: 40,
    cwd,
    env: { ...withoutColors(), ...env },
  })
  let raw = ''
  const waiting = new Set<() => void>()
  terminal.onData((data) => {
    raw += data
    for (const look of waiting) look()
  })
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => resolve(exitCode))
  })
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
    for (const look of waiting) look()
  })
  onTestFinished(() => {
    if (!hasEnded) terminal.kill('SIGKILL')
  })
  return {
    type: (text) => terminal.write(text),
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (plain(raw).includes(text)) resolve()
          else if (hasEnded) reject(new Error(`it ended without "${text}": ${plain(raw)}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    async ended() {
      const code = await ended
      return { code, raw, text: plain(raw) }
    },
  }
}

/** Returns what a terminal shows, without styles, and with the ends of lines of a file. */
function plain(raw: string): string {
  return stripVTControlCharacters(raw).replaceAll('\r\n', '\n')
}

/** Returns the variables of this process but for those that decide about colors. */
function withoutColors(): Record<string, string | undefined> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env
  return env
}
