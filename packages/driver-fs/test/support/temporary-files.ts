import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of what is being written below a root, or was when its process died. */
export function temporaryFiles(root: string): Promise<string[]> {
  return readdir(join(root, 'temporary'))
}
