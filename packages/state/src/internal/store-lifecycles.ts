import type { StoreLifecycle } from '@harborage/core'

/** The lifecycle of each store, so that typed slots can refuse a call before they look at its arguments. */
export const storeLifecycles: WeakMap<object, StoreLifecycle> = new WeakMap()
