import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

import { onTestFinished } from 'vitest'

type Files = typeof files

/** Replaces a file system call until the test ends. */
export function replaceCall<Name extends 'link' | 'open' | 'rm' | 'rmdir'>(
  name: Name,
  replacementOf: (real: Files[Name]) => Files[Name],
): void {
  const real = files[name]
  const replace = (call: Files[Name]): void => {
    Object.assign(files, { [name]: call })
    syncBuiltinESMExports()
  }
  onTestFinished(() => replace(real))
  replace(replacementOf(real))
}
