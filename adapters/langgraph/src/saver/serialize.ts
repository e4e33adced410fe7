import { types } from 'node:util'
import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import { MAX_STATE_BYTES } from '@harborage/state'
import { JSON_TYPE, type TypedBytes } from './frames.ts'
import { ValueError, type ValueName } from './value-error.ts'

/**
 * Returns a value as bytes.
 *
 * @throws `invalid_record` if the serializer fails, or if the value has no JSON; `value_too_large`
 * if the bytes do not fit in a slot.
 */
export async function serialize(
  serde: SerializerProtocol,
  value: unknown,
  name: ValueName,
): Promise<TypedBytes> {
  const [type, bytes] = await dump(serde, value, name)
  // What LangGraph's serializer returns for it: it could not be read again.
  if (type === JSON_TYPE && bytes.length === 0) throw withoutJson(name)
  // The payload of a slot begins with the number of its format.
  if (bytes.length >= MAX_STATE_BYTES) throw tooLarge(`${described(name)} is`, name)
  return { type, bytes }
}

async function dump(
  serde: SerializerProtocol,
  value: unknown,
  name: ValueName,
): Promise<[type: string, bytes: Uint8Array]> {
  try {
    const [type, bytes] = await serde.dumpsTyped(value)
    if (typeof type === 'string' && types.isUint8Array(bytes)) {
      // Throws if the buffer was transferred.
      return [type, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)]
    }
    throw new TypeError('the serializer returned no type and bytes')
  } catch (cause) {
    throw new ValueError(
      'invalid_record',
      `${described(name)} cannot be serialized: pass what the serializer takes`,
      name,
      { cause },
    )
  }
}

/**
 * Returns the payload of a slot.
 *
 * @param what What the payload holds, and the verb of the message.
 * @throws `value_too_large` if it does not fit in a slot.
 */
export function fitting(payload: Uint8Array, what: string, name: ValueName): Uint8Array {
  if (payload.length > MAX_STATE_BYTES) throw tooLarge(what, name)
  return payload
}

function withoutJson(name: ValueName): ValueError {
  return new ValueError(
    'invalid_record',
    `${described(name)} has no JSON, as a function, a class or a symbol: keep it out of the state, such as in the context of the run`,
    name,
  )
}

function tooLarge(what: string, name: ValueName): ValueError {
  return new ValueError(
    'value_too_large',
    `${what} larger than the 64 MiB that a slot holds: keep large content elsewhere, such as in an artifact store, and a reference to it in the channel`,
    name,
  )
}

/** Returns what a value is, as the beginning of a message. */
export function described({ channel, taskId }: Pick<ValueName, 'channel' | 'taskId'>): string {
  if (channel === undefined) return 'what a checkpoint has besides values, such as its metadata,'
  return taskId === undefined
    ? `the value of the channel ${channel}`
    : `what the task ${taskId} writes to the channel ${channel}`
}
