/** A store, as far as the end of a case is concerned. */
export interface Closable {
  close(): Promise<void>
}

/** The stores that a case works with. */
export interface StoreFixture<Store, Options = never> {
  /** A store on the driver under test. */
  readonly store: Store
  /**
   * Opens another store. If the backend is not shared, the case has to close the first one before.
   * All stores are closed when the case ends.
   */
  readonly open: (options?: Options) => Promise<Store>
}

/** Runs a case with an open store, and closes every store that the case opened. */
export async function withStores<Store extends Closable, Options>(
  open: (options?: Options) => Promise<Store>,
  body: (fixture: StoreFixture<Store, Options>) => Promise<void>,
): Promise<void> {
  const opened: Store[] = []
  const openAndTrack = async (options?: Options): Promise<Store> => {
    const store = await open(options)
    opened.push(store)
    return store
  }
  try {
    await body({ store: await openAndTrack(), open: openAndTrack })
  } finally {
    for (const store of opened) await store.close()
  }
}
