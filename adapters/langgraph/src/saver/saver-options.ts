import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import type { StateStore } from '@harborage/state'
import { checkDsn, checkNames, checkState, invalidOption, kindOf } from '../check-options.ts'
import type { UserOption } from '../owner.ts'
import { connectionNames, type SourceConfig, type StateSource } from '../state-source.ts'

/** The options of every saver. */
export interface SaverOptions {
  /** The user whose threads the saver keeps, or a function that returns the user of a call. */
  readonly owner: UserOption
  /** How values become bytes. Default: LangGraph's own `JsonPlusSerializer`. */
  readonly serde?: SerializerProtocol
  /**
   * Whether a checkpoint is saved only if it continues the newest one of its namespace. So of two
   * runs that go on with one thread at once, one fails with `condition_failed`, where otherwise
   * both go on, in branches of which the other one is not seen. Forks and updates by hand may
   * continue any checkpoint. Default: `false`.
   */
  readonly fence?: boolean
}

/** The options of `new HarborageSaver`. */
export interface HarborageSaverOptions extends SaverOptions {
  /** An open state store, which stays open when the saver ends, or what opens one. */
  readonly state: StateStore | StateSource
}

/** The options of `HarborageSaver.fromConnString`. */
export interface ConnectOptions extends SaverOptions, Omit<SourceConfig, 'dsn'> {}

const saverNames = ['owner', 'serde', 'fence']

/** Checks the options of the constructor. */
export function checkSaverOptions(options: HarborageSaverOptions): HarborageSaverOptions {
  checkOptions(options, ['state', ...saverNames])
  checkState(options.state)
  return options
}

/** Checks the options of a connection. */
export function checkConnectOptions(dsn: string, options: ConnectOptions): ConnectOptions {
  checkOptions(options, [...saverNames, ...connectionNames])
  checkDsn(dsn, options.schema)
  return options
}

function checkOptions(options: SaverOptions, names: readonly string[]): void {
  checkNames(options, names, 'HarborageSaver')
  const { fence, serde } = options
  if (fence !== undefined && typeof fence !== 'boolean') {
    throw invalidOption(`fence is ${kindOf(fence)}: pass true or false`)
  }
  if (serde !== undefined && !isSerializer(serde)) {
    throw invalidOption(
      'serde has no dumpsTyped() and loadsTyped(): pass a serializer of LangGraph',
    )
  }
}

function isSerializer(serde: unknown): boolean {
  return (
    typeof serde === 'object' &&
    serde !== null &&
    typeof Reflect.get(serde, 'dumpsTyped') === 'function' &&
    typeof Reflect.get(serde, 'loadsTyped') === 'function'
  )
}
