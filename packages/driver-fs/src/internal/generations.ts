import { clockOfMachine } from '@harborage/core/kit'
import type { ArtifactRef, FoundArtifact } from '@harborage/artifacts'
import { readFacts, writeExpiry } from './artifact-file.ts'
import { changeIfThere, linkIfFree, moveIfThere, readIfThere } from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { identify, identityOf } from './ready-folders.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { removeTemporary } from './unremoved.ts'

/** Returns whether an artifact has expired, by the clock of the machine. */
export function isExpired({ expiresAt }: Pick<ArtifactRef, 'expiresAt'>): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= clockOfMachine()
}

/**
 * Changes the expiry of the artifact of a file, durably and in place. Resolves to `false` if it has
 * expired, does not have the dates with which it was found, or no longer has its name. What others
 * put there meanwhile is not changed.
 */
export async function renewFile(
  gate: FileGate,
  path: string,
  found: FoundArtifact,
  expiresAt: Date | undefined,
): Promise<boolean> {
  const changed = await changeIfThere(gate, path, async (file) => {
    const facts = await readFacts(file)
    if (isExpired(facts.ref) || !isSame(facts.ref, found)) return undefined
    await writeExpiry(file, facts, expiresAt)
    return identityOf(await file.stat({ bigint: true }))
  })
  return changed !== undefined && changed === (await identify(path))
}

/**
 * Removes the name of a file whose artifact still has the dates with which it was found. Resolves
 * to whether it had them.
 *
 * No file system removes a name on a condition. So the file is moved away, and what another process
 * has put there since it was compared, a moment before, gets its name back.
 */
export async function removeIfStill(
  gate: FileGate,
  temporary: TemporaryFolder,
  path: string,
  found: FoundArtifact,
): Promise<boolean> {
  const moved = await temporary.next()
  if (!(await isStill(gate, path, found))) return false
  if (!(await moveIfThere(path, moved))) return false
  try {
    if (await isStill(gate, moved, found)) return true
    await linkIfFree(moved, path)
    return false
  } finally {
    await removeTemporary(gate, moved)
  }
}

async function isStill(gate: FileGate, path: string, found: FoundArtifact): Promise<boolean> {
  const facts = await readIfThere(gate, path, readFacts)
  return facts !== undefined && isSame(facts.ref, found)
}

function isSame(ref: ArtifactRef, found: FoundArtifact): boolean {
  return (
    ref.createdAt.getTime() === found.createdAt.getTime() &&
    ref.expiresAt?.getTime() === found.expiresAt?.getTime()
  )
}
