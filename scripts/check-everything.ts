/**
 * What `pnpm test` runs: every check that guards the project, in stages. A green check is one line; a
 * red one shows all it printed, and the stages after it run all the same.
 * Arguments go to vitest, so that `pnpm test packages/core` runs every check and those tests. With
 * `--full`, which `pnpm test:full` passes, the tests do all that they can: see
 * tests/kit/src/measure.ts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

/** The checks of a stage are made at the same time. */
const stages: readonly (readonly Check[])[] = [
  [{ name: 'format', command: ['oxfmt', '--check'] }],
  // First, so that `types` does not compile the same sources again.
  [{ name: 'build', command: ['pnpm', 'run', 'build'] }],
  [
    // Several threads check many types twice, which takes as long on two processors.
    { name: 'types', command: ['tsc', '-b', '--pretty', '--singleThreaded'] },
    { name: 'lint', command: ['oxlint'] },
  ],
]

const shell = process.platform === 'win32'
const color = process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR'
const forVitest = process.argv.slice(2).filter((argument) => argument !== '--full')
const isFull = process.argv.includes('--full')
const env = {
  [color]: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  // The linter and the compiler are written in Go, and end before most of their garbage matters.
  GOGC: '400',
  ...process.env,
  ...(isFull ? { HARBORAGE_TEST_FULL: '1' } : {}),
}
const red: string[] = []

for (const stage of stages) await Promise.all(stage.map(make))

const tests = spawn('vitest', ['run', ...forVitest], {
  stdio: 'inherit',
  shell,
  // Packing does not need to build again.
  env: red.includes('build') ? env : { ...env, HARBORAGE_IS_BUILT: '1' },
})
await once(tests, 'exit')
if (tests.exitCode !== 0) red.push('tests')

if (red.length > 0) console.log(styleText('red', `✗ failed: ${red.join(', ')}`))
process.exitCode = red.length > 0 ? 1 : 0

async function make({ name, command }: Check): Promise<void> {
  const started = performance.now()
  const { passed, output } = await runQuietly(command)
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  const mark = passed ? styleText('green', '✓') : styleText('red', '✗')
  console.log(`${mark} ${name.padEnd(8)}${styleText('dim', took)}`)
  if (passed) return
  red.push(name)
  console.log(`\n${output.trim()}\n`)
}

async function runQuietly([program, ...args]: Check['command']): Promise<{
  passed: boolean
  output: string
}> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], shell, env })
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { passed: child.exitCode === 0, output: output + errors }
}
