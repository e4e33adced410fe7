import { constants } from 'node:fs'
import { access, lstat } from 'node:fs/promises'
import type { Finding } from '@harborage/core'
import { codeOf, type Objection } from '@harborage/core/kit'
import { foreignEntryError, ifMissing, isForbidden } from './fs-errors.ts'
import { artifactsFolder, temporaryFolder } from './layout.ts'

/** The result for a root: objections with which opening fails, and findings that it ignores. */
export interface ExaminedRoot {
  readonly objections: readonly Objection[]
  readonly passedOver: readonly Finding[]
}

/**
 * Examines the folders of an existing root.
 *
 * @throws The system's error if permissions are missing for opening.
 */
export async function examineLayout(
  root: string,
  migrate: 'apply' | 'verify',
): Promise<ExaminedRoot> {
  const written: string[] = []
  for (const folder of [temporaryFolder(root), artifactsFolder(root)]) {
    const status = await lstat(folder).catch(ifMissing)
    if (status?.isDirectory() === false) {
      return { objections: [foreignObjection(folder, root)], passedOver: [] }
    }
    written.push(status === undefined ? root : folder)
  }
  if (migrate === 'apply') await checkOpening(written[0] ?? root, root)
  return { objections: [], passedOver: await findReadOnly(written) }
}

/** Checks the permissions for opening, which creates or reads the folder of temporary files. */
async function checkOpening(folder: string, root: string): Promise<void> {
  const right = folder === root ? constants.W_OK : constants.R_OK
  await access(folder, right | constants.X_OK)
}

async function findReadOnly(folders: readonly string[]): Promise<Finding[]> {
  try {
    for (const folder of folders) await access(folder, constants.W_OK | constants.X_OK)
    return []
  } catch (error) {
    if (!isForbidden(error)) throw error
    return [
      {
        name: 'read_only',
        grade: 'fails',
        message: `the artifact folder can be read, but not be written (${codeOf(error)}): puts and deletes fail until its owner, its rights or its mount are changed`,
      },
    ]
  }
}

function foreignObjection(path: string, root: string): Objection {
  const error = foreignEntryError(path, root)
  const { message } = error
  return { finding: { name: 'foreign_entry', grade: 'fails', message }, error }
}
