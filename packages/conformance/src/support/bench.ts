/** What every store can do. */
export interface Closable {
  close(): Promise<void>
}

/** What a case works with. */
export interface Bench<Store, Options = never> {
  /** A store on the driver under test. */
  readonly store: Store
  /** Opens a further store; one that is not shared has to be closed first. All are closed when the case ends. */
  readonly open: (options?: Options) => Promise<Store>
}

export async function withBench<Store extends Closable, Options>(
  open: (options?: Options) => Promise<Store>,
  body: (bench: Bench<Store, Options>) => Promise<void>,
): Promise<void> {
  const opened: Store[] = []
  const openAndNote = async (options?: Options): Promise<Store> => {
    const store = await open(options)
    opened.push(store)
    return store
  }
  try {
    await body({ store: await openAndNote(), open: openAndNote })
  } finally {
    for (const store of opened) await store.close()
  }
}
