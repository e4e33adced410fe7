const shared: Readonly<Record<string, object>> = {
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'Function.prototype': Function.prototype,
  'String.prototype': String.prototype,
  'Promise.prototype': Promise.prototype,
  'Date.prototype': Date.prototype,
  'Uint8Array.prototype': Uint8Array.prototype,
  'Error.prototype': Error.prototype,
  Object,
}

/** Records the shared built-in objects, and returns a function that lists the changed ones. */
export function pollution(): () => readonly string[] {
  const before = Object.entries(shared).map(([name, each]) => [name, each, copyOf(each)] as const)
  return () => before.filter(([, each, copy]) => !isSame(copyOf(each), copy)).map(([name]) => name)
}

type Copy = readonly (readonly [name: PropertyKey, value: unknown])[]

function copyOf(each: object): Copy {
  return Reflect.ownKeys(each).map((name) => {
    const found = Reflect.getOwnPropertyDescriptor(each, name)
    const value: unknown = found?.get ?? found?.value
    return [name, value]
  })
}

function isSame(left: Copy, right: Copy): boolean {
  return (
    left.length === right.length &&
    left.every(([name, value], index) => {
      const [otherName, otherValue] = right[index] ?? []
      return name === otherName && value === otherValue
    })
  )
}
