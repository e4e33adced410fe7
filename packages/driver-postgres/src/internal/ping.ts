import { answersWithin } from '@harborage/core/kit'
import { StatementRunner, type Connections } from './connections.ts'
import { PostgresFailure } from './postgres-failure.ts'

/** Asks the server for an answer. Pings at the same time share one question and one connection. */
export class Ping {
  readonly #connections: Connections
  #asking: Promise<void> | undefined

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /**
   * Resolves once the server has answered.
   *
   * @throws `store_unavailable` if it does not within the time limit, in milliseconds.
   */
  async run(timeoutMs: number): Promise<void> {
    await answersWithin(timeoutMs, this.#answer(timeoutMs))
  }

  async #answer(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs
    const shared = this.#asking
    // A question that began earlier may fail earlier, by another time limit. Then it asks again.
    if (shared !== undefined && (await hasSucceeded(shared))) return
    // No one waits for it any more.
    if (performance.now() >= until) return
    this.#asking ??= this.#ask(timeoutMs).finally(() => (this.#asking = undefined))
    await this.#asking
  }

  async #ask(queryTimeoutMs: number): Promise<void> {
    // With a time limit of its own: a connection that does not answer is given up then.
    const runner = new StatementRunner({ preparedStatements: false, queryTimeoutMs })
    try {
      await this.#connections.withClient('short', (client) => runner.command(client, 'select 1'))
    } catch (error) {
      throw error instanceof PostgresFailure ? error.error : error
    }
  }
}

function hasSucceeded(asking: Promise<void>): Promise<boolean> {
  return asking.then(
    () => true,
    () => false,
  )
}
