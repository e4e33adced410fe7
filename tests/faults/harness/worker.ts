import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { BrokenBuild } from './fault-row.ts'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { startProcess, type RunningProcess } from './start-process.ts'

/** The time that the process of a broken build has to end. */
const END_OF_BROKEN_BUILD_MS = 10_000

/** The answer of a worker to one call. */
export interface WorkerAnswer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** A process with the product whose methods can be called: see `serve.ts` for its side. */
export class Worker implements AsyncDisposable {
  readonly #child: RunningProcess
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #ended: Promise<unknown>
  readonly #endMs: number
  #calledTimes = 0

  private constructor(child: RunningProcess, isBroken: boolean) {
    this.#child = child
    this.#endMs = isBroken ? END_OF_BROKEN_BUILD_MS : HANG_LIMIT_MS
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', (line) => this.#settle(line))
    this.#ended = once(child, 'exit').then(() => {
      const how = child.signalCode ?? `code ${child.exitCode}`
      for (const call of this.#calls.values()) call.reject(new Error(`the process ended: ${how}`))
      this.#calls.clear()
    })
  }

  /** @param script Its absolute path. */
  static start(script: string, config: unknown, brokenBuild?: BrokenBuild): Worker {
    const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
    return new Worker(child, brokenBuild !== undefined)
  }

  /** Calls a method of the worker; rejects if it does, or if the process ends before. */
  async call<Value>(method: string, argument: unknown = null): Promise<Value> {
    if (!this.#isAlive) throw new Error('the process has ended')
    const answer = Promise.withResolvers<unknown>()
    this.#calledTimes += 1
    this.#calls.set(this.#calledTimes, answer)
    this.#child.stdin.write(`${JSON.stringify({ id: this.#calledTimes, method, argument })}\n`)
    // Only the worker's side has the type of the value.
    return (await answer.promise) as Value
  }

  /**
   * Lets go of the process, which then has nothing more to do, and gives its exit code; kills it if
   * it hangs.
   */
  async end(): Promise<number | null> {
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), this.#endMs)
    this.#child.stdin.end()
    await this.#ended
    clearTimeout(kill)
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  get #isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #settle(line: string): void {
    const { id, value, error } = JSON.parse(line) as WorkerAnswer
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    if (error === undefined) call?.resolve(value)
    else call?.reject(new Error(error))
  }
}
