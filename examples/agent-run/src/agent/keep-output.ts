import { artifactContext } from '@harborage/artifacts'
import type { Identity } from '@harborage/core'
import type { StepResult } from '../slots.ts'

/**
 * Keeps a heavy output as an artifact of the session, and returns its id in its place. Equal
 * outputs of a session are stored once, so this may come before the step that names the artifact: a
 * worker that repeats the step gets the same id.
 */
export async function keepOutput(session: Identity, result: StepResult): Promise<StepResult> {
  const artifacts = artifactContext.require().scoped(session)
  const { action, target } = result
  const kept = await artifacts.offload(result.output, { source: { action, target } })
  if (kept.kind === 'inline') return result
  return { ...result, output: null, artifact: { id: kept.ref.id, bytes: kept.ref.sizeBytes } }
}
