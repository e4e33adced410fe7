/** An operation. A synchronous one returns no promise. */
export type Operation = (index: number) => unknown

/** Returns enough operations for a slice that its end, with fewer active callers, hardly counts. */
export function enoughFor(callers: number): number {
  return callers === 1 ? 1 : callers * 8
}

/** Runs the operations one after the other. */
export async function oneCaller(operations: number, operation: Operation): Promise<void> {
  for (let index = 0; index < operations; index += 1) {
    const pending = operation(index)
    if (pending instanceof Promise) await pending
  }
}

/** Runs the operations with concurrent callers, each of which waits only for its own operations. */
export async function callersAtOnce(
  callers: number,
  operations: number,
  operation: Operation,
): Promise<void> {
  if (callers === 1) return oneCaller(operations, operation)
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < operations) await operation(next++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}
