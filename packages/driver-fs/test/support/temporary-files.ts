import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns the names of temporary files below a root. */
export function temporaryFiles(root: string): Promise<string[]> {
  return readdir(join(root, 'temporary'))
}
