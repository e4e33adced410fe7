import type { CallGate } from '@harborage/core/kit'

/** The lifecycle of each store, so that its views can refuse a call before they look at its arguments. */
export const storeLifecycles: WeakMap<object, CallGate> = new WeakMap()
