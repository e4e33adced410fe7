import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

/** Returns the path of something that is not there yet, in the folder that the run removes. */
export function newPath(name: string): string {
  return join(process.env['JEST_FOLDER'] ?? '', `${randomUUID()}-${name}`)
}
