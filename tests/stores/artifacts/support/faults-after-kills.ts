import { openArtifactStore } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'

import { contentOf } from './content-of.ts'
import { killedScope, type Acknowledged } from './killed-scope.ts'

/**
 * Resolves to what is wrong in a store whose writers were killed: with what they acknowledged, and
 * with all that is visible.
 */
export async function faultsAfterKills(
  dsn: string,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  await using artifacts = await openArtifactStore({ dsn })
  const faults: string[] = []
  const stored = new Map<string, string>()
  try {
    for await (const ref of artifacts.list(killedScope)) {
      const bytes = await artifacts.get(killedScope, ref.id)
      if (bytes === undefined) faults.push(`${ref.filename} is listed and not there`)
      else if (!Buffer.from(bytes).equals(contentOf(ref.filename))) {
        faults.push(`${ref.filename} has other bytes`)
      }
      if (stored.has(ref.filename)) faults.push(`${ref.filename} is there twice`)
      stored.set(ref.filename, ref.id)
    }
  } catch (error) {
    faults.push(isHarborageError(error) ? `reading fails: ${error.code}` : String(error))
  }
  for (const { seed, id } of acknowledged) {
    const found = stored.get(seed)
    if (found === undefined) faults.push(`${seed} was acknowledged and is lost`)
    else if (id !== '' && found !== id) faults.push(`${seed} was acknowledged under another id`)
  }
  return faults
}
