import {
  HarborageError,
  type CallOptions,
  type RunIdentity,
  type StoreConfig,
} from '@harborage/core'
import {
  CallGate,
  checkRequiredName,
  checkRunIdentity,
  checkSignal,
  defineStore,
  type StoreOptions,
} from '@harborage/core/kit'
import { InMemoryCounterDriver, type CounterDriver } from './counter-driver.ts'

declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /** The amount cannot be added exactly. Nothing was added. */
    readonly counter_overflow: true
  }

  interface TracedStores {
    readonly counters: true
  }
}

/** The largest amount of one call. */
export const MAX_AMOUNT = 1_000_000

const drivers = defineStore<CounterDriver>({
  inMemory: () => new InMemoryCounterDriver(),
  loadSql: async () => (await import('./sql-counter-driver.ts')).openSqlCounterDriver,
})

/** Opens a store of counters, as any other store is opened. */
export async function openCounterStore(config: StoreConfig = {}): Promise<CounterStore> {
  const { driver, release } = await drivers.open(config)
  return new CounterStore(driver, { release })
}

/** Counters by identity and name. */
export class CounterStore implements AsyncDisposable {
  readonly #driver: CounterDriver
  readonly #release: () => Promise<void>
  readonly #gate = new CallGate({ name: 'CounterStore', tracedAs: 'counters', store: this })

  constructor(driver: CounterDriver, { release = () => driver.close() }: StoreOptions = {}) {
    this.#driver = driver
    this.#release = release
  }

  /**
   * Adds to a counter and returns its value after that.
   *
   * @throws `counter_overflow` for an amount that is no whole number, or above {@link MAX_AMOUNT}.
   */
  add(identity: RunIdentity, name: string, amount: number, options?: CallOptions): Promise<number> {
    return this.#gate.call(
      'add',
      () => ({
        key: { identity: checkRunIdentity(identity), name: checkCounterName(name) },
        amount: checkAmount(amount),
        signal: checkSignal(options),
      }),
      (checked) => this.#driver.add(checked.key, checked.amount),
    )
  }

  /** Returns the value of a counter, or `undefined` if nothing was ever added. */
  read(identity: RunIdentity, name: string, options?: CallOptions): Promise<number | undefined> {
    return this.#gate.call(
      'read',
      () => ({
        key: { identity: checkRunIdentity(identity), name: checkCounterName(name) },
        signal: checkSignal(options),
      }),
      ({ key }) => this.#driver.read(key),
    )
  }

  close(): Promise<void> {
    return this.#gate.close(this.#release)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function checkCounterName(name: unknown): string {
  return checkRequiredName('name', name, 'invalid_record')
}

function checkAmount(amount: unknown): number {
  if (typeof amount === 'number' && Number.isInteger(amount) && Math.abs(amount) <= MAX_AMOUNT) {
    return amount
  }
  throw new HarborageError(
    'counter_overflow',
    `amount must be a whole number of at most ${MAX_AMOUNT}: add it in parts`,
  )
}
