import { malformed } from './malformed.ts'

/**
 * Runs a body while `Date` of this process is some hours ahead, or behind if they are negative. A
 * clock that does not come from `Date` is not shifted.
 */
export async function inADifferentHour(hours: number, body: () => Promise<unknown>): Promise<void> {
  const original = globalThis.Date
  const now = (): number => original.now() + hours * 60 * 60 * 1000
  globalThis.Date = new Proxy(original, {
    construct: (target, given: readonly unknown[]) =>
      given.length === 0 ? new target(now()) : new target(...malformed<[number]>(given)),
    get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
  })
  try {
    await body()
  } finally {
    globalThis.Date = original
  }
}
