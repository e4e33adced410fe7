import { goneCheckpoint, unreadableTable } from './import-error.ts'
import {
  checkedCheckpoint,
  checkedMetadata,
  type SerializerOption,
  SourceSerializer,
} from './source-serializer.ts'
import { NAME_COLUMNS, storedName, storedValue, storedWrites } from './stored-checkpoint.ts'
import { StoredRow } from './stored-row.ts'
import type {
  CheckpointName,
  SourceCheckpoint,
  SourceWrite,
  ThreadSource,
} from './thread-source.ts'

/** What {@link postgresThreads} needs of a Postgres client: a `Pool` or a `Client` of pg. */
export interface PostgresReader {
  /**
   * Runs a query.
   *
   * @param sql The query, with `$1` for its first value.
   * @param values The values of the query.
   */
  query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }>
}

/** Options of {@link postgresThreads}. */
export interface PostgresThreadsOptions extends SerializerOption {
  /** The schema of the tables, as the PostgresSaver was opened with. Default: `public`. */
  readonly schema?: string
}

/**
 * Returns the threads of a Postgres database that LangGraph's PostgresSaver wrote. It is only read.
 *
 * Unlike the methods of that saver, it keeps the index of each write.
 *
 * @param client Who opened it closes it, after the import.
 */
export function postgresThreads(
  client: PostgresReader,
  { schema = 'public', ...options }: PostgresThreadsOptions = {},
): ThreadSource {
  return new PostgresThreads(client, schema, new SourceSerializer(options))
}

type Table = 'checkpoints' | 'checkpoint_blobs' | 'checkpoint_writes'

const OF_CHECKPOINT = 'where thread_id = $1 and checkpoint_ns = $2 and checkpoint_id = $3'

/** The type of a channel without a value. */
const EMPTY = 'empty'

class PostgresThreads implements ThreadSource {
  readonly #client: PostgresReader
  readonly #schema: string
  readonly #serializer: SourceSerializer

  constructor(client: PostgresReader, schema: string, serializer: SourceSerializer) {
    this.#client = client
    this.#schema = `"${schema.replaceAll('"', '""')}"`
    this.#serializer = serializer
  }

  async *threadIds(): AsyncGenerator<string> {
    const columns = 'thread_id'
    const order = 'order by thread_id limit 1'
    let [row] = await this.#rows(undefined, 'checkpoints', columns, order)
    while (row !== undefined) {
      const threadId = row.text('thread_id')
      yield threadId
      const next = `where thread_id > $1 ${order}`
      ;[row] = await this.#rows(threadId, 'checkpoints', columns, next, threadId)
    }
  }

  async checkpointNames(threadId: string): Promise<readonly CheckpointName[]> {
    const ofThread = 'where thread_id = $1'
    const rows = await this.#rows(threadId, 'checkpoints', NAME_COLUMNS, ofThread, threadId)
    return rows.map((row) => storedName(row))
  }

  async readCheckpoint(
    threadId: string,
    { namespace, id }: CheckpointName,
  ): Promise<SourceCheckpoint> {
    const columns = 'parent_checkpoint_id, checkpoint::text, metadata::text'
    const [[row], writes] = await Promise.all([
      this.#rows(threadId, 'checkpoints', columns, OF_CHECKPOINT, threadId, namespace, id),
      this.#writes(threadId, namespace, id),
    ])
    if (row === undefined) throw goneCheckpoint(threadId)
    const stored = checkedCheckpoint(threadId, row.json('checkpoint'))
    return {
      parentId: row.optionalText('parent_checkpoint_id'),
      checkpoint: {
        ...stored,
        channel_values: await this.#values(threadId, namespace, stored.channel_versions),
      },
      metadata: checkedMetadata(
        threadId,
        await this.#serializer.revive(threadId, row.json('metadata')),
      ),
      writes,
    }
  }

  async #values(
    threadId: string,
    namespace: string,
    versions: Readonly<Record<string, string | number>>,
  ): Promise<Record<string, unknown>> {
    const ofVersions = `where thread_id = $1 and checkpoint_ns = $2 and type <> $3
      and (channel, version) in (select * from unnest($4::text[], $5::text[]))`
    const rows = await this.#rows(
      threadId,
      'checkpoint_blobs',
      'channel, type, blob',
      ofVersions,
      ...[threadId, namespace, EMPTY, Object.keys(versions), Object.values(versions).map(String)],
    )
    const values = rows.map(async (row) => {
      const value = await storedValue(this.#serializer, threadId, row, 'blob')
      return [row.text('channel'), value] as const
    })
    return Object.fromEntries(await Promise.all(values))
  }

  async #writes(threadId: string, namespace: string, id: string): Promise<readonly SourceWrite[]> {
    const key = [threadId, namespace, id]
    const rows = await this.#rows(threadId, 'checkpoint_writes', '*', OF_CHECKPOINT, ...key)
    return storedWrites(this.#serializer, threadId, rows, 'blob')
  }

  async #rows(
    threadId: string | undefined,
    table: Table,
    columns: string,
    condition: string,
    ...values: readonly unknown[]
  ): Promise<readonly StoredRow[]> {
    const sql = `select ${columns} from ${this.#schema}.${table} ${condition}`
    let rows: readonly unknown[]
    try {
      ;({ rows } = await this.#client.query(sql, [...values]))
    } catch (cause) {
      throw unreadableTable(table, threadId, cause)
    }
    return rows.map((row) => new StoredRow(table, threadId, row))
  }
}
