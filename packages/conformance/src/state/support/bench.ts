import type { StateStore } from '@harborage/state'

/** What a case works with. */
export interface Bench {
  /** A store on the driver under test. */
  readonly store: StateStore
  /** Opens a further store; one that is not shared has to be closed first. All are closed when the case ends. */
  readonly open: () => Promise<StateStore>
}

export async function withBench(
  open: () => Promise<StateStore>,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const opened: StateStore[] = []
  const openAndNote = async (): Promise<StateStore> => {
    const store = await open()
    opened.push(store)
    return store
  }
  try {
    await body({ store: await openAndNote(), open: openAndNote })
  } finally {
    for (const store of opened) await store.close()
  }
}
