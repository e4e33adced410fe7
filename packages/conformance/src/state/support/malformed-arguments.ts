import { malformed } from '../../support/malformed.ts'
import { invalidBytes, invalidNames, invalidCallOptions } from '../../support/malformed-values.ts'
import type { MethodArguments, StoreMethod } from './store-methods.ts'

const tooLongKind = 'x'.repeat(1_025)
const tooLongEventId = 'x'.repeat(129)

/** Returns every malformed value of one argument of the method, other than the identity. */
export function malformedArguments(
  method: Pick<StoreMethod, 'name' | 'takes'>,
): Partial<MethodArguments>[] {
  const wrong: Partial<MethodArguments>[] = invalidCallOptions.map((options) => ({
    options: malformed(options),
  }))
  if (method.takes.includes('kind')) {
    for (const kind of [...invalidNames, tooLongKind]) {
      if (!isPrefixOfAll(method, kind)) wrong.push({ kind: malformed(kind) })
    }
  }
  if (method.takes.includes('eventId')) {
    for (const eventId of [...invalidNames, tooLongEventId].filter(
      (id) => !isExpectation(method, id),
    )) {
      wrong.push({ eventId: malformed(eventId) })
    }
  }
  if (method.takes.includes('bytes')) {
    for (const bytes of invalidBytes) wrong.push({ bytes: malformed(bytes) })
  }
  return wrong
}

/** Returns whether the kind is the empty prefix of a list or commit, which stands for all kinds. */
function isPrefixOfAll({ name }: Pick<StoreMethod, 'name'>, kind: unknown): boolean {
  return kind === '' && ['commit with a prefix', 'list', 'listKeys', 'count'].includes(name)
}

/** Returns whether `null` is valid as the event id: in an expectation it means an empty slot. */
function isExpectation({ name }: Pick<StoreMethod, 'name'>, eventId: unknown): boolean {
  return name === 'commit with an expectation' && eventId === null
}
