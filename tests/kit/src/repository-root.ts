import { join } from 'node:path'

/** The folder of this checkout. */
export const repositoryRoot: string = join(import.meta.dirname, '../../..')
