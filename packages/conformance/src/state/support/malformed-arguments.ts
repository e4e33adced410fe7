import { malformed } from '../../support/malformed.ts'
import { notBytes, notNames, notSignals } from '../../support/malformed-values.ts'
import type { MethodArguments, StoreMethod } from './store-methods.ts'

const tooLongName = 'x'.repeat(257)
const tooLongEventId = 'x'.repeat(129)

/** Every way in which one argument of the method, other than the identity, can be wrong. */
export function malformedArguments(
  method: Pick<StoreMethod, 'name' | 'takes'>,
): Partial<MethodArguments>[] {
  const wrong: Partial<MethodArguments>[] = notSignals.map((options) => ({
    options: malformed(options),
  }))
  if (method.takes.includes('kind')) {
    for (const kind of [...notNames, tooLongName]) wrong.push({ kind: malformed(kind) })
  }
  if (method.takes.includes('eventId')) {
    for (const eventId of [...notNames, tooLongEventId].filter(
      (id) => !isExpectation(method, id),
    )) {
      wrong.push({ eventId: malformed(eventId) })
    }
  }
  if (method.takes.includes('bytes')) {
    for (const bytes of notBytes) wrong.push({ bytes: malformed(bytes) })
  }
  return wrong
}

/** In an expectation, `null` means that the slot is empty. */
function isExpectation({ name }: Pick<StoreMethod, 'name'>, eventId: unknown): boolean {
  return name === 'commit with an expectation' && eventId === null
}
