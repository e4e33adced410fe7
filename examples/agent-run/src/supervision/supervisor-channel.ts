/** Resolves to the first message from the process that started this one. */
export function hearSupervisor(): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  process.once('message', resolve)
  return promise
}

/** Sends a message to the process that started this one. Resolves when it was sent. */
export async function tellSupervisor(message: object): Promise<void> {
  if (process.send === undefined) return
  const { promise, resolve } = Promise.withResolvers<void>()
  process.send(message, undefined, undefined, () => resolve())
  await promise
}
