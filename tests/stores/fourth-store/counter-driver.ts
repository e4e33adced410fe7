import type { RunIdentity } from '@harborage/core'

/** Which counter: of one run, or of the session itself (`runId` is `''` then). */
export interface CounterKey {
  readonly identity: Required<RunIdentity>
  readonly name: string
}

/** Where counters are kept. The arguments are checked by the store. */
export interface CounterDriver {
  /** Adds to a counter in one step, and returns its value after that; a new one begins at 0. */
  add(key: CounterKey, amount: number): Promise<number>
  /** Returns the value, or `undefined` if nothing was ever added. */
  read(key: CounterKey): Promise<number | undefined>
  close(): Promise<void>
}

/** Keeps the counters of one process in memory. */
export class InMemoryCounterDriver implements CounterDriver {
  readonly #values = new Map<string, number>()

  async add(key: CounterKey, amount: number): Promise<number> {
    const id = idOf(key)
    const value = (this.#values.get(id) ?? 0) + amount
    this.#values.set(id, value)
    return value
  }

  async read(key: CounterKey): Promise<number | undefined> {
    return this.#values.get(idOf(key))
  }

  async close(): Promise<void> {
    this.#values.clear()
  }
}

function idOf({ identity, name }: CounterKey): string {
  const { tenantId, userId, sessionId, runId } = identity
  return JSON.stringify([tenantId, userId, sessionId, runId, name])
}
