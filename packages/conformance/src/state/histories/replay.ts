import { InMemoryStateDriver, StateStore } from '@harborage/state'
import { collect } from '../../support/collect.ts'
import { replayCalls } from '../../support/replay-calls.ts'
import { callOf } from './call.ts'
import type { Step } from './step.ts'
import { newVocabulary } from './vocabulary.ts'

/** Replays a history of the state store, with the in-memory driver as the model. */
export async function replay(
  steps: readonly Step[],
  tested: (step: number) => Promise<StateStore>,
): Promise<void> {
  await using model = new StateStore(new InMemoryStateDriver())
  const names = newVocabulary()
  await replayCalls<StateStore, Step>({
    model,
    steps,
    tested,
    callOf: (step, earlier) => callOf(step, names, model, earlier),
    everything: (store) => collect(store.listKind({ maintenanceScoped: true }, names.kindPrefix)),
  })
}
