import type { RunnableConfig } from '@langchain/core/runnables'
import { HarborageError, type Identity, type UserOwner } from '@harborage/core'
import { describeArgument, sessionOf } from '@harborage/core/adapter'

/** A thread of a user. */
export interface Thread {
  /** The id that the framework knows. */
  readonly id: string
  /** The session that holds its slots. */
  readonly session: Identity
}

/** What the `configurable` of a call names. */
export interface Place {
  readonly thread: Thread
  readonly namespace: string
  /** The checkpoint that the call is about, or the parent of a new one. */
  readonly checkpointId: string | undefined
}

/** Returns what a call names. */
export function placeOf(owner: UserOwner, config: RunnableConfig): Place {
  const place = findPlace(owner, config)
  if (place !== undefined) return place
  throw new HarborageError(
    'identity_required',
    `configurable.thread_id is ${describeArgument(config.configurable?.['thread_id'])}: pass { configurable: { thread_id } } with the thread to continue or to begin`,
  )
}

/** Returns what a call names, or `undefined` if it names no thread. */
export function findPlace(owner: UserOwner, config: RunnableConfig): Place | undefined {
  checkConfig(config)
  const configurable: Readonly<Record<string, unknown>> = config.configurable ?? {}
  const threadId = threadIdOf(configurable['thread_id'])
  if (threadId === undefined) return undefined
  return {
    thread: threadOf(owner, threadId),
    namespace: namespaceOf(config) ?? '',
    checkpointId: checkpointIdOf(config),
  }
}

/** Checks that a config is an object. */
function checkConfig(config: unknown): void {
  if (typeof config === 'object' && config !== null) return
  throw new HarborageError(
    'invalid_record',
    `the config is ${describeArgument(config)}: pass { configurable: { thread_id } }`,
  )
}

/** Returns the namespace that a call names, or `undefined` if it names none. */
export function namespaceOf(config: RunnableConfig): string | undefined {
  return textOf('checkpoint_ns', config.configurable?.['checkpoint_ns'])
}

/** Returns the checkpoint that a call names, or `undefined` if it names none. */
export function checkpointIdOf(config: RunnableConfig): string | undefined {
  const { configurable } = config
  const id =
    textOf('checkpoint_id', configurable?.['checkpoint_id']) ||
    textOf('thread_ts', configurable?.['thread_ts'])
  return id === '' ? undefined : id
}

/** Returns a thread of a user. Any text and any number is the id of one. */
export function threadOf(owner: UserOwner, id: string | number | bigint): Thread {
  const checked = threadIdOf(id)
  if (checked === undefined) {
    throw new HarborageError(
      'identity_required',
      `the thread id is ${describeArgument(id)}: pass the id of a thread`,
    )
  }
  return { id: checked, session: sessionOf(owner, checked) }
}

function threadIdOf(id: unknown): string | undefined {
  if (id === undefined || id === null || id === '') return undefined
  if (typeof id === 'string') return id
  if (typeof id === 'bigint' || (typeof id === 'number' && Number.isFinite(id))) return String(id)
  throw new HarborageError(
    'invalid_identity',
    `the thread id is ${typeof id === 'number' ? 'not finite' : describeArgument(id)}: pass a string or a number`,
  )
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new HarborageError(
    'invalid_record',
    `configurable.${name} is ${describeArgument(value)}: pass a string`,
  )
}
