import { HarborageError } from '@harborage/core'
import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import { JSON_TYPE, type TypedBytes } from './frames.ts'
import { described } from './serialize.ts'

/** Bytes of a thread, and what they are of. */
export interface NamedBytes extends TypedBytes {
  /** The channel whose value it is. Default: none, as for metadata. */
  readonly channel?: string
  /** The task that has written it. Default: none, as for the values of a checkpoint. */
  readonly taskId?: string
}

/** The serializers that read an array of JSON texts as they read each of them. */
const joining = new WeakSet<SerializerProtocol>()

/** Records that a serializer is LangGraph's own, which reads many values at once. */
export function readsTogether(serde: SerializerProtocol): void {
  joining.add(serde)
}

/**
 * Resolves to a value of its bytes.
 *
 * @throws `store_unavailable`, not retryable, if the serializer fails.
 */
export async function deserialize<Value>(
  serde: SerializerProtocol,
  stored: NamedBytes,
): Promise<Value> {
  try {
    return await load<Value>(serde, stored)
  } catch (cause) {
    throw new HarborageError(
      'store_unavailable',
      `${described(stored)} cannot be read: pass the serializer with which it was saved`,
      { retryable: false, cause },
    )
  }
}

function load<Value>(serde: SerializerProtocol, { type, bytes }: TypedBytes): Promise<Value> {
  // A copy: what a serializer returns may be the bytes themselves.
  return serde.loadsTyped(type, new Uint8Array(bytes))
}

/**
 * Resolves to the values of bytes, in their order.
 *
 * @throws `store_unavailable`, not retryable, if the serializer fails.
 */
export async function deserializeAll(
  serde: SerializerProtocol,
  all: readonly NamedBytes[],
): Promise<readonly unknown[]> {
  if (all.length > 1 && joining.has(serde) && all.every(({ type }) => type === JSON_TYPE)) {
    const values = await readJoined(serde, all)
    if (values !== undefined) return values
  }
  return Promise.all(all.map((each) => deserialize<unknown>(serde, each)))
}

/** Resolves to `undefined` if one of the texts is no JSON. */
async function readJoined(
  serde: SerializerProtocol,
  all: readonly TypedBytes[],
): Promise<readonly unknown[] | undefined> {
  const texts = all.map(({ bytes }) => asBuffer(bytes).toString())
  try {
    const values: unknown = await serde.loadsTyped(JSON_TYPE, `[${texts.join(',')}]`)
    return Array.isArray(values) && values.length === all.length ? values : undefined
  } catch {
    return undefined
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
