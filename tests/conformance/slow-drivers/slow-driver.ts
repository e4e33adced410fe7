import { setTimeout as wait } from 'node:timers/promises'

/** Makes every call of a driver take longer by this. */
export function slowDriver<Driver extends object>(driver: Driver, callMs: number): Driver {
  return new Proxy(driver, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...given: unknown[]): Promise<unknown> => {
        await wait(callMs)
        return Reflect.apply(member, target, given)
      }
    },
  })
}
