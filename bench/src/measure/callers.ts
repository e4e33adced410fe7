/** One operation. What is done at once returns nothing to wait for. */
export type Operation = (index: number) => unknown

/** A slice of many callers holds at least so many operations: its end, where fewer are at work, hardly counts then. */
export function enoughFor(callers: number): number {
  return callers === 1 ? 1 : callers * 8
}

/** Does the operations one after the other, as one caller does. */
export async function oneCaller(operations: number, operation: Operation): Promise<void> {
  for (let index = 0; index < operations; index += 1) {
    const pending = operation(index)
    if (pending instanceof Promise) await pending
  }
}

/** Does the operations as that many callers do, each waiting for its own only. */
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
