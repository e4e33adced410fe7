import type { Finding } from '@harborage/core'
import type { FsConfig } from './fs-config.ts'
import { examine } from './internal/examine.ts'

/**
 * Checks a configuration and the folder that it names. Resolves to the problems found, or to an
 * empty list. Changes nothing and creates no folder.
 *
 * | name            | problem |
 * | --- | --- |
 * | `config`        | the DSN or an option is wrong |
 * | `path_too_long` | the paths below the folder, or a name in its path, are too long |
 * | `not_a_folder`  | the path, or a part of it, names a file |
 * | `missing`       | with `migrate: 'verify'`: the folder does not exist |
 * | `foreign_entry` | something else is in the place of a folder of the store |
 * | `rights`        | the folder cannot be created or entered |
 * | `read_only`     | puts and deletes fail, while opening and reading succeed |
 * | `path`          | the symbolic links of the path form a loop |
 * | `kernel_file_system` | the place is on `proc` or the like, which keeps no files |
 * | `vanished`      | an open store of this process has lost its folder |
 * | `disk`          | the operating system could not examine the folder |
 *
 * Only opening finds out whether the file system supports hard links, because that takes a file.
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
