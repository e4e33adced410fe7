/**
 * What `pnpm example NAME` runs: the example of that name, with the arguments that follow. Without
 * a name it lists them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'

const examples = join(import.meta.dirname, '../examples')

interface Example {
  readonly name: string
  readonly description: string
}

const [name, ...args] = process.argv.slice(2)
const available = readdirSync(examples).filter(isRunnable).map(describe)
if (available.some((example) => example.name === name)) {
  const main = mainOf(String(name))
  process.argv.splice(1, process.argv.length, main, ...args)
  await import(main)
} else {
  const complaint = name === undefined ? 'Which example?' : `There is no example "${name}".`
  const width = Math.max(...available.map((example) => example.name.length))
  const lines = available.map(
    (example) => `  ${styleText('bold', example.name.padEnd(width))}  ${example.description}`,
  )
  console.error([complaint, '', ...lines, ''].join('\n'))
  process.exitCode = 2
}

function mainOf(folder: string): string {
  return join(examples, folder, 'src/main.ts')
}

function isRunnable(folder: string): boolean {
  return existsSync(mainOf(folder))
}

function describe(folder: string): Example {
  const manifest = JSON.parse(readFileSync(join(examples, folder, 'package.json'), 'utf8')) as {
    readonly description: string
  }
  return { name: folder, description: manifest.description }
}
