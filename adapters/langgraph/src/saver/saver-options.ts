import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import {
  describeArgument,
  invalidOption,
  OptionNames,
  type UserOption,
} from '@harborage/core/adapter'
import type { StateStore } from '@harborage/state'
import { checkDsn, checkState } from '../check-options.ts'
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
const constructorNames = new OptionNames('a HarborageSaver', ['state', ...saverNames])
const connectNames = new OptionNames('a HarborageSaver', [...saverNames, ...connectionNames])

/** Checks the options of the constructor. */
export function checkSaverOptions(given: HarborageSaverOptions): HarborageSaverOptions {
  const options = constructorNames.read(given)
  checkOptions(options)
  checkState(options.state)
  return options
}

/** Checks the options of a connection. */
export function checkConnectOptions(dsn: string, given: ConnectOptions): ConnectOptions {
  const options = connectNames.read(given)
  checkOptions(options)
  checkDsn(dsn, options.schema)
  return options
}

function checkOptions({ fence, serde }: SaverOptions): void {
  if (fence !== undefined && typeof fence !== 'boolean') {
    throw invalidOption(`fence is ${describeArgument(fence)}: pass true or false`)
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
