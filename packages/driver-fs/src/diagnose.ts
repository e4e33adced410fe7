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
 * | `path_too_long` | the paths below the folder, or a name in its path, are too long |
 * | `not_a_folder`  | the path, or a part of it, names a file |
 * | `missing`       | the folder is to be verified and is not there |
 * | `foreign_entry` | something else lies in place of a folder of the store |
 * | `rights`        | the folder cannot be made or entered |
 * | `read_only`     | puts and deletes fail; opening passes, and what is there can be read |
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
  const { objections, passedOver } = await examine(config)
  return [...objections.map(({ finding }) => finding), ...passedOver]
}
