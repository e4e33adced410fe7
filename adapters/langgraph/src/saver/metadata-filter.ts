import type { CheckpointMetadata, SerializerProtocol } from '@langchain/langgraph-checkpoint'
import type { CheckpointContent } from './checkpoint-payload.ts'
import { deserialize } from './deserialize.ts'

/**
 * Returns a function that resolves to whether the metadata of a checkpoint match a filter;
 * `undefined` for a filter that all match. A key whose value is `undefined` is ignored.
 */
export function matcherOf(
  serde: SerializerProtocol,
  filter: Readonly<Record<string, unknown>> | undefined,
): ((content: CheckpointContent) => Promise<boolean>) | undefined {
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined)
  if (wanted.length === 0) return undefined
  return async ({ metadata }) => {
    const held = await deserialize<CheckpointMetadata>(serde, metadata)
    return wanted.every(([key, value]) => Object.hasOwn(held, key) && matches(held, key, value))
  }
}

function matches(held: object, key: string, wanted: unknown): boolean {
  return contains(Reflect.get(held, key), wanted)
}

/**
 * Returns whether a value is equal to the wanted one, or is an object that has all of its fields.
 */
function contains(held: unknown, wanted: unknown): boolean {
  if (!isObject(held) || !isObject(wanted)) return Object.is(held, wanted) || held === wanted
  if (Array.isArray(held) !== Array.isArray(wanted)) return false
  if (Array.isArray(held) && Array.isArray(wanted) && held.length !== wanted.length) return false
  return Object.keys(wanted).every(
    (key) => Object.hasOwn(held, key) && contains(Reflect.get(held, key), Reflect.get(wanted, key)),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
