import type { UserOwner } from '@harborage/core'
import { threadOf } from '../saver/place.ts'
import type { ImportTarget } from '../saver/saver-call.ts'
import { ImportError } from './import-error.ts'
import {
  checkImportOptions,
  type ImportOptions,
  type ImportReport,
  type ThreadToImport,
} from './import-options.ts'
import { importThread } from './import-thread.ts'
import type { ThreadSource } from './thread-source.ts'

/**
 * Imports threads from another saver: their checkpoints of all namespaces, with parents, metadata
 * and pending writes. A graph goes on where a thread was. The source is only read.
 *
 * An import that was stopped, even by a crash, is begun again with the same call, and goes on where
 * it was. Nothing is there twice. Stop the graphs that use the threads first: what they add during
 * the import may be missing. Until all of a thread is there, a run that goes on with it fails with
 * `thread_importing`. The end of the saver waits for an import that goes on: abort its `signal` to
 * stop it.
 *
 * @throws `thread_exists` if the saver has a thread that was not imported; `import_unreadable` if
 * the source cannot be read; `not_found` if the source does not have one of `threads`;
 * `invalid_config` if an option is missing or malformed; `identity_required` and
 * `invalid_identity` for an owner or a thread without an id; `schema_too_new` if a newer release
 * has written to the thread; and the errors of the state store. What was imported until then stays.
 *
 * @example
 * ```ts no-run
 * import '@harborage/driver-sqlite'
 * import { HarborageSaver, importThreads, sqliteThreads } from '@harborage/langgraph'
 * import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
 *
 * const from = sqliteThreads(SqliteSaver.fromConnString('langgraph.db').db)
 * const owner = { tenantId: 'acme', userId: 'ann' }
 * const to = HarborageSaver.fromConnString('sqlite:./agent.db', { owner })
 * const { threads, checkpoints } = await importThreads({ from, to })
 * ```
 */
export async function importThreads(options: ImportOptions): Promise<ImportReport> {
  const checked = checkImportOptions(options)
  return checked.to.runImport((target) => runImport(target, checked))
}

async function runImport(
  { call, ownerOf }: ImportTarget,
  options: ImportOptions,
): Promise<ImportReport> {
  const { from, threads, onProgress, signal } = options
  const report = {
    threads: 0,
    checkpoints: 0,
    writes: 0,
    bytes: 0,
    alreadyImported: 0,
    deleted: 0,
    leftOut: 0,
  }
  for await (const threadId of threads ?? from.threadIds()) {
    signal?.throwIfAborted()
    const tell = (): void => onProgress?.({ ...report, threadId })
    const owner = await ownerOfThread(options, threadId, ownerOf)
    if (owner === undefined) report.leftOut += 1
    else {
      const outcome = await importThread(call, {
        source: from,
        threadId,
        thread: threadOf(owner, threadId),
        options: signal === undefined ? {} : { signal },
        onCommit(counts) {
          report.checkpoints += counts.checkpoints
          report.writes += counts.writes
          report.bytes += counts.bytes
          tell()
        },
      })
      if (outcome === 'imported') report.threads += 1
      else if (outcome === 'already imported') report.alreadyImported += 1
      else if (outcome === 'deleted') report.deleted += 1
      else if (threads !== undefined) throw absent(threadId)
    }
    tell()
  }
  return report
}

/** Resolves to the owner that a thread gets, or to `undefined` if the thread is left out. */
async function ownerOfThread(
  { from, threads, ownerOf }: ImportOptions,
  threadId: string,
  checked: ImportTarget['ownerOf'],
): Promise<UserOwner | undefined> {
  if (ownerOf === undefined) return checked()
  const thread = await threadToImport(from, threadId)
  if (thread === undefined) {
    if (threads === undefined) return undefined
    throw absent(threadId)
  }
  const owner = await ownerOf(thread)
  return owner === undefined ? undefined : checked(owner)
}

async function threadToImport(
  source: ThreadSource,
  threadId: string,
): Promise<ThreadToImport | undefined> {
  const names = await source.checkpointNames(threadId)
  const newest = names.reduce<(typeof names)[number] | undefined>(
    (last, name) => (last === undefined || name.id > last.id ? name : last),
    undefined,
  )
  if (newest === undefined) return undefined
  const { metadata } = await source.readCheckpoint(threadId, newest)
  return { threadId, metadata }
}

function absent(threadId: string): ImportError {
  return new ImportError(
    'not_found',
    'the source has no thread of an id in `threads`: pass ids that it has',
    { threadId },
  )
}
