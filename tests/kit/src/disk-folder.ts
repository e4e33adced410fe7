import { tmpdir } from 'node:os'

/**
 * Returns the temporary folder on disk, for what belongs there: pnpm links files of one file system.
 */
export function diskFolder(): string {
  return process.env['HARBORAGE_TEST_DISK_FOLDER'] ?? tmpdir()
}
