import type { Finding } from '@harborage/core'
import type { FsConfig } from './fs-config.ts'
import { examine } from './internal/examine.ts'

/**
 * Returns what is wrong with a configuration and the folder that it names: an empty list if nothing
 * was found. It changes nothing, and makes no folder.
 *
 * | name            | what it found |
 * | --- | --- |
 * | `config`        | the DSN or an option is wrong |
 * | `path_too_long` | the paths below the folder would be longer than the system takes |
 * | `not_a_folder`  | the path, or a part of it, names a file |
 * | `rights`        | the folder is not there and cannot be made, or cannot be entered |
 * | `disk`          | the system could not look at the folder |
 *
 * Whether the file system has hard links is found by opening only: it takes a file to try.
 *
 * @example
 * ```ts
 * import { diagnose } from '@harborage/driver-fs'
 *
 * for (const { grade, message } of await diagnose({ dsn: 'fs:./artifacts' })) {
 *   console.error(grade, message)
 * }
 * ```
 */
export async function diagnose(config: FsConfig): Promise<readonly Finding[]> {
  const { objections } = await examine(config)
  return objections.map(({ finding }) => finding)
}
