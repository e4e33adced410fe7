import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'

import type { WorkerAnswer } from './worker.ts'

/** The methods of a worker. Arguments and results are sent as JSON. */
// oxlint-disable-next-line typescript/no-explicit-any -- each method knows its own argument.
export type Methods = Readonly<Record<string, (argument: any) => unknown>>

/** Returns the configuration that the worker was started with. */
export function workerConfig<Config>(): Config {
  return JSON.parse(process.argv[2] ?? 'null') as Config
}

/**
 * Answers the calls of {@link Worker}, several at a time, for as long as it keeps hold of this
 * process.
 */
export function serve(methods: Methods): void {
  // The next process begins faster; this one may be killed before it would do this by itself.
  flushCompileCache()
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, argument } = JSON.parse(line) as {
      id: number
      method: string
      argument: unknown
    }
    void answer(methods, method, argument).then((given) => {
      process.stdout.write(`${JSON.stringify({ id, ...given } satisfies WorkerAnswer)}\n`)
    })
  })
}

async function answer(
  methods: Methods,
  method: string,
  argument: unknown,
): Promise<Omit<WorkerAnswer, 'id'>> {
  try {
    return { value: await methods[method]?.(argument) }
  } catch (error) {
    return { error: inspect(error, { depth: 4 }) }
  }
}
