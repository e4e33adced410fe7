import { Session } from 'node:inspector/promises'

import type { CalledFunction } from './walk.ts'
import type { Follower } from './walk-calls.ts'

/**
 * Counts the functions that calls pass, by V8's precise coverage. Only what is loaded after the
 * start is counted right.
 */
export class PreciseCoverage implements Follower<readonly CalledFunction[]> {
  readonly #session = new Session()

  async start(): Promise<void> {
    this.#session.connect()
    await this.#session.post('Profiler.enable')
    // Without `detailed`, each `await` in a function would count as one more call of it.
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  async begin(): Promise<void> {
    await this.#session.post('Profiler.takePreciseCoverage')
  }

  async end(): Promise<readonly CalledFunction[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage')
    return result.flatMap(({ url, functions }) =>
      functions.flatMap(({ functionName: name, ranges: [range] }) => {
        // The initializer of class fields is called `<…>`. It is not a function of the source.
        if (range === undefined || range.count === 0 || name.startsWith('<')) return []
        return [{ url, name, start: range.startOffset, end: range.endOffset, calls: range.count }]
      }),
    )
  }
}
