import { lstat } from 'node:fs/promises'

/** A folder that was changed less long ago may be one that a put has just made, and needs. */
const LEFT_OVER_AFTER_MS = 60_000

/** Whether a folder, which holds nothing, was left behind some time ago. */
export async function isLeftOver(folder: string): Promise<boolean> {
  const status = await lstat(folder).catch(() => {})
  return status !== undefined && Date.now() - status.mtimeMs > LEFT_OVER_AFTER_MS
}
