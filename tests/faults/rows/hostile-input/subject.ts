/** A public function that can be called with junk. */
export interface Subject {
  readonly name: string
  readonly call: (args: readonly unknown[]) => unknown
  /** Returns arguments with which the call succeeds, or finds nothing. */
  readonly good: () => readonly unknown[]
  /** Whether it may show every identity's data. */
  readonly crossesIdentities?: boolean
}

/** Returns a subject. */
export function subject(name: string, good: Subject['good'], call: Subject['call']): Subject {
  return { name, good, call }
}

/** Calls a method by its name. */
export function callOn(target: object, method: string, args: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(target, method)
  if (typeof found !== 'function') throw new Error(`there is no method ${method}`)
  return Reflect.apply(found, target, args)
}
