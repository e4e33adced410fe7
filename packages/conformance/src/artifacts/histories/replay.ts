import { ArtifactStore, InMemoryArtifactDriver } from '@harborage/artifacts'
import { replayCalls } from '../../support/replay-calls.ts'
import { callOf, refsOf } from './call.ts'
import type { Step } from './step.ts'
import { newVocabulary } from './vocabulary.ts'

/** Replays a history of the artifact store, with the in-memory driver as the model. */
export async function replay(
  steps: readonly Step[],
  tested: (step: number) => Promise<ArtifactStore>,
): Promise<void> {
  await using model = new ArtifactStore(new InMemoryArtifactDriver())
  const names = newVocabulary()
  await replayCalls<ArtifactStore, Step>({
    model,
    steps,
    tested,
    callOf: async (step, earlier) => callOf(step, names, earlier),
    everything: (store) =>
      Promise.all(
        names.tenants.map((tenantId) =>
          refsOf(store, { tenantId, maintenanceScoped: true }, { expired: true }),
        ),
      ),
  })
}
