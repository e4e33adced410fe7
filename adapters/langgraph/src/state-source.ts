import { HarborageError, isHarborageError } from '@harborage/core'
import { openStateStore, type StateStore, type StateStoreConfig } from '@harborage/state'

/** Where a saver or a store gets its state store from, for example by opening it. */
export interface StateSource {
  /** Resolves to the state store, the same one at each call. Called before each operation. */
  readonly open: () => Promise<StateStore>
  /** Called when the saver or the store is ended. */
  readonly close: () => Promise<void>
}

/** Returns the source of a state store, which stays open, or the source that was passed. */
export function sourceOf(state: StateStore | StateSource): StateSource {
  if ('open' in state) return state
  return { open: async () => state, close: async () => {} }
}

/** Returns a source of the same state store, which does not close it. */
export function borrowed({ open }: StateSource): StateSource {
  return { open, close: async () => {} }
}

/**
 * Returns a source that opens a state store when it is asked for the first time. After a failure it
 * tries again when it is asked the next time.
 */
export function stateAt(config: StateStoreConfig): StateSource {
  let opening: Promise<StateStore> | undefined
  let isClosed = false
  const open = async (): Promise<StateStore> => {
    if (isClosed) {
      throw new HarborageError('store_closed', 'end() was called before this call: make a new one')
    }
    const attempt = (opening ??= openWithoutKindIndex(config))
    try {
      return await attempt
    } catch (error) {
      if (opening === attempt) opening = undefined
      throw error
    }
  }
  const close = async (): Promise<void> => {
    isClosed = true
    const state = await opening?.catch(() => undefined)
    await state?.close()
  }
  return { open, close }
}

/**
 * Opens a state store. Declines the order of `listKind`, which no adapter needs, unless the
 * database keeps it already.
 */
async function openWithoutKindIndex(config: StateStoreConfig): Promise<StateStore> {
  try {
    return await openStateStore({ ...config, kindIndex: false })
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return openStateStore(config)
  }
}
