// Run by check-examples.ts: imports each file named in its arguments, and tells its parent what
// came of it.
import { mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

export interface ExampleResult {
  readonly path: string
  /** What it handed to `console.log`. */
  readonly printed: readonly string[]
  readonly failure?: string
}

for (const path of process.argv.slice(2)) process.send?.(await runExample(path))
process.disconnect()

async function runExample(path: string): Promise<ExampleResult> {
  const printed: string[] = []
  console.log = (...values: unknown[]) =>
    void printed.push(values.map((value) => inspect(value)).join(' '))
  // Within the project, which is removed even if the example ends this process.
  const folder = `${path}.run`
  mkdirSync(folder)
  process.chdir(folder)
  try {
    await import(pathToFileURL(path).href)
    return { path, printed }
  } catch (error) {
    return { path, printed, failure: inspect(error) }
  }
}
