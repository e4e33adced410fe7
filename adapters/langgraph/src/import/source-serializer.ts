import {
  type Checkpoint,
  type CheckpointMetadata,
  MemorySaver,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint'
import { isCheckpoint } from '../saver/check-arguments.ts'
import { isObject } from '../saver/header-shapes.ts'
import { ImportError } from './import-error.ts'

/** Options of a source that reads tables. */
export interface SerializerOption {
  /** The serializer that the saver had which wrote the tables. Default: LangGraph's own. */
  readonly serde?: SerializerProtocol
}

/** The serializer of the saver that wrote a source. */
export class SourceSerializer {
  readonly #serde: SerializerProtocol

  constructor({ serde = new MemorySaver().serde }: SerializerOption) {
    this.#serde = serde
  }

  /**
   * Returns a value that the saver wrote.
   *
   * @throws `import_unreadable` if the serializer does not know its type.
   */
  async load(threadId: string, type: string, data: Uint8Array | string): Promise<unknown> {
    try {
      const value: unknown = await this.#serde.loadsTyped(type, data)
      return value
    } catch (cause) {
      throw new ImportError(
        'import_unreadable',
        'a value of the thread cannot be read: pass the serializer of the saver that wrote it as `serde`',
        { threadId, cause },
      )
    }
  }

  /** Returns what a value becomes that is written as this serializer writes it, and read again. */
  async revive(threadId: string, value: unknown): Promise<unknown> {
    const [type, data] = await this.#serde.dumpsTyped(value)
    return this.load(threadId, type, data)
  }
}

/**
 * Returns a checkpoint as LangGraph's savers return it.
 *
 * @throws `import_unreadable` if it is none.
 */
export function checkedCheckpoint(threadId: string, value: unknown): Checkpoint {
  const empty = { channel_values: {}, channel_versions: {}, versions_seen: {} }
  const checkpoint = isObject(value) ? { ...empty, ...value } : value
  if (!isCheckpoint(checkpoint)) throw malformed(threadId, 'checkpoint')
  return checkpoint
}

/**
 * Returns the metadata of a checkpoint.
 *
 * @throws `import_unreadable` if it is no object.
 */
export function checkedMetadata(threadId: string, value: unknown): CheckpointMetadata {
  if (!isMetadata(value)) throw malformed(threadId, 'metadata of a checkpoint')
  return value
}

function isMetadata(value: unknown): value is CheckpointMetadata {
  return isObject(value)
}

function malformed(threadId: string, what: string): ImportError {
  return new ImportError(
    'import_unreadable',
    `a ${what} of the thread is none of LangGraph's: only databases of LangGraph for JavaScript can be imported`,
    { threadId },
  )
}
