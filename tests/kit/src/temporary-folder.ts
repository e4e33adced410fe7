import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

/** Makes a folder for the running test and removes it when the test ends. Returns its real path. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'harborage-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
