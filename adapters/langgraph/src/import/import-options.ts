import type { CallOptions } from '@harborage/core'
import { describeArgument, invalidOption, OptionNames, type User } from '@harborage/core/adapter'
import type { CheckpointMetadata } from '@langchain/langgraph-checkpoint'
import type { HarborageSaver } from '../saver/harborage-saver.ts'
import type { ThreadSource } from './thread-source.ts'

/** The options of {@link importThreads}. */
export interface ImportOptions extends CallOptions {
  /** The threads to import: `sqliteThreads`, `postgresThreads` or `saverThreads`. */
  readonly from: ThreadSource
  /** The saver that gets them. */
  readonly to: HarborageSaver
  /** The ids of the threads to import. Default: all that the source has. */
  readonly threads?: Iterable<string> | AsyncIterable<string>
  /**
   * Returns whose thread it is, or `undefined` to leave it out. LangGraph's own savers hold the
   * threads of all users together. Default: all threads are of the owner of `to`.
   */
  readonly ownerOf?: (thread: ThreadToImport) => User | undefined | Promise<User | undefined>
  /** Called after each commit, and after each thread. What it throws ends the import. */
  readonly onProgress?: (progress: ImportProgress) => void
}

/** A thread whose owner is asked for. */
export interface ThreadToImport {
  readonly threadId: string
  /** The metadata of its newest checkpoint, such as what the `metadata` of its runs had. */
  readonly metadata: CheckpointMetadata
}

/** What an import did. All numbers are those of one call of {@link importThreads}. */
export interface ImportReport {
  /** The threads that were imported as a whole. */
  readonly threads: number
  /** The number of checkpoints, of all namespaces. */
  readonly checkpoints: number
  /** The number of pending writes. */
  readonly writes: number
  /** The size of what was saved, in bytes. */
  readonly bytes: number
  /** The threads that an earlier call had imported already. They were not changed. */
  readonly alreadyImported: number
  /** The threads that the saver has deleted. They were not brought back. */
  readonly deleted: number
  /** The threads that `ownerOf` left out. */
  readonly leftOut: number
}

/** The report of an import until now. */
export interface ImportProgress extends ImportReport {
  /** The thread that it is at. */
  readonly threadId: string
}

const names = new OptionNames('an import', [
  'from',
  'to',
  'threads',
  'ownerOf',
  'onProgress',
  'signal',
])

/**
 * Checks the options of an import, and returns them.
 *
 * @throws `invalid_config`
 */
export function checkImportOptions(given: ImportOptions): ImportOptions {
  const options = names.read(given)
  if (!hasMethod(options.from, 'readCheckpoint')) {
    throw invalidOption(
      'from is no source: pass sqliteThreads(), postgresThreads() or saverThreads() of a saver',
    )
  }
  if (!hasMethod(options.to, 'runImport')) throw invalidOption('to is no HarborageSaver')
  for (const name of ['ownerOf', 'onProgress'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'function') {
      throw invalidOption(`${name} is ${describeArgument(value)}: pass a function`)
    }
  }
  const threads: unknown = options.threads
  if (threads !== undefined && !isListOfIds(threads)) {
    throw invalidOption('threads is no list of ids: pass an array, or another iterable')
  }
  return options
}

/** Returns whether a value is an object with a method of this name. */
export function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  )
}

/** Returns whether a value is iterable. A text is, by its characters, which are no ids. */
function isListOfIds(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}
