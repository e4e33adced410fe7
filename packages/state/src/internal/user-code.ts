import { HarborageError, isHarborageError } from '@harborage/core'
import { whileOpen } from '@harborage/core/kit'
import type { StateStore } from '../state-store.ts'

/** The call for which the code of a user runs. Its end ends the wait for that code. */
export interface Caller {
  readonly store: StateStore
  readonly signal?: AbortSignal | undefined
}

/**
 * Resolves to what the code of a user returned, or to what the promise that it returned resolves
 * to.
 *
 * @throws The rejection of the promise; the reason of the signal; `store_closed`.
 */
export async function settle<Answer>(answer: Answer, caller: Caller): Promise<Awaited<Answer>> {
  if (!isThenable(answer)) return await answer
  return whileOpen(caller.store, caller.signal, waitFor(answer))
}

/**
 * Calls a schema or a `migrate` function, and resolves to its answer.
 *
 * @param name What is called, for the error message.
 * @param caller The call that waits. Default: none, so nothing ends the wait.
 * @throws `invalid_record` if the function fails. The failure is only the cause: it may quote the
 * value. A HarborageError passes through. The reason of the signal; `store_closed`.
 */
export async function ask<Answer>(
  name: string,
  call: () => Answer,
  caller: Caller | undefined,
): Promise<Awaited<Answer>> {
  let running: Promise<Awaited<Answer>>
  try {
    const answer = call()
    if (!isThenable(answer)) return await answer
    running = waitFor(answer)
  } catch (cause) {
    throw failureOf(name, cause)
  }
  const asked = running.catch((cause: unknown): never => {
    throw failureOf(name, cause)
  })
  return caller === undefined ? asked : whileOpen(caller.store, caller.signal, asked)
}

/**
 * Reads what the code of a user returned.
 *
 * @throws `invalid_record` if a getter fails.
 */
export function readAnswer<Read>(name: string, read: () => Read): Read {
  try {
    return read()
  } catch (cause) {
    throw failureOf(name, cause)
  }
}

function failureOf(name: string, cause: unknown): HarborageError {
  if (isHarborageError(cause)) return cause
  return new HarborageError(
    'invalid_record',
    `${name} failed: the cause is its error, which may quote the value`,
    { cause },
  )
}

function isThenable(value: unknown): boolean {
  const mayHaveMembers = typeof value === 'object' ? value !== null : typeof value === 'function'
  return mayHaveMembers && typeof Reflect.get(Object(value), 'then') === 'function'
}

async function waitFor<Answer>(answer: Answer): Promise<Awaited<Answer>> {
  return await answer
}
