import { InMemoryJournalDriver, JournalStore } from '@harborage/journal'
import { replayCalls } from '../../support/replay-calls.ts'
import { callOf, everything } from './call.ts'
import type { Step } from './step.ts'
import { newVocabulary } from './vocabulary.ts'

/** Replays a history of the journal store, with the in-memory driver as the model. */
export async function replay(
  steps: readonly Step[],
  tested: (step: number) => Promise<JournalStore>,
): Promise<void> {
  await using model = new JournalStore(new InMemoryJournalDriver())
  const names = newVocabulary()
  await replayCalls<JournalStore, Step>({
    model,
    steps,
    tested,
    callOf: (step, earlier) => callOf(step, names, model, earlier),
    everything: (store) => everything(store, names),
  })
}
