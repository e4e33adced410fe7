import { exec, execFile, type ExecFileException } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const executeInShell = promisify(exec)

/** Compiles a project. Beside other tests, several threads only do some of the work twice. */
export const COMPILE = ['tsc', '--singleThreaded'] as const

export interface CommandResult {
  readonly succeeded: boolean
  /** What it printed, to standard output and then to standard error. */
  readonly output: string
}

/**
 * Runs a program like a user in a shell in that folder, not like a script of this workspace.
 */
export async function tryCommand(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<CommandResult> {
  const shell = process.platform === 'win32'
  return resultOf(execute(program, args, { cwd: folder, env: cleanEnv(), shell }))
}

/** Runs a line of a shell as a person would in that folder, with these variables set besides. */
export async function tryInShell(
  folder: string,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return resultOf(executeInShell(line, { cwd: folder, env: { ...cleanEnv(), ...variables } }))
}

async function resultOf(
  running: Promise<{ readonly stdout: string; readonly stderr: string }>,
): Promise<CommandResult> {
  try {
    const { stdout, stderr } = await running
    return { succeeded: true, output: stdout + stderr }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { stdout = '', stderr = error.message, signal } = error as Partial<ExecFileException>
    const crash = signal ? `killed by ${signal}\n` : ''
    return { succeeded: false, output: stdout + stderr + crash }
  }
}

/** Runs a program that must succeed, and answers what it printed. */
export async function runCommand(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<string> {
  const { succeeded, output } = await tryCommand(folder, program, ...args)
  if (!succeeded) throw new Error(`${[program, ...args].join(' ')} failed:\n${output}`)
  return output
}

const setByScriptRunners =
  /^(npm_|pnpm_config_verify|PNPM_PACKAGE|INIT_CWD$|VITEST|NODE_(ENV|OPTIONS|COMPILE_CACHE)$)/
const setByThePerson = /^npm_config_(userconfig|globalconfig|cache|cafile|registry)$/

/** Names the folder in which the programs of a run keep what they compiled, if they do. */
export const COMPILED = 'HARBORAGE_TEST_COMPILED'

/** The environment without what the scripts of this workspace set. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !setByScriptRunners.test(name) || setByThePerson.test(name),
  )
  const compiled = process.env[COMPILED]
  return { ...Object.fromEntries(kept), ...(compiled && { NODE_COMPILE_CACHE: compiled }) }
}
