import type { ArtifactScope, ArtifactStore, PutOptions } from '@harborage/artifacts'
import { allOfSession, type CallOptions, type Identity, type Subtree } from '@harborage/core'
import { collect } from '../../support/collect.ts'

/** The arguments of all methods. Each method takes those that it needs. */
export interface MethodArguments {
  readonly scope: ArtifactScope
  readonly id: string
  readonly data: Uint8Array
  readonly text: string
  readonly options?: PutOptions
}

/** A method of the store. */
export interface StoreMethod {
  readonly name: string
  /** The arguments that it takes besides the session; `put` is the metadata of a new artifact. */
  readonly takes: readonly ('taskId' | 'id' | 'data' | 'text' | 'put' | 'options')[]
  readonly call: (store: ArtifactStore, given: MethodArguments) => Promise<unknown>
  /** Calls it with a subtree, if it takes one in place of a scope. */
  readonly callWithin?: (
    store: ArtifactStore,
    subtree: Subtree<'session'>,
    options?: CallOptions,
  ) => Promise<unknown>
}

/** The rules of a `prune`. */
const RULES = { keepLatest: 1, namespace: '' }

/** Every method of the store. */
export const storeMethods: readonly StoreMethod[] = [
  {
    name: 'putBytes',
    takes: ['taskId', 'data', 'put', 'options'],
    call: (store, { scope, data, options }) => store.putBytes(scope, data, options),
  },
  {
    name: 'putText',
    takes: ['taskId', 'text', 'put', 'options'],
    call: (store, { scope, text, options }) => store.putText(scope, text, options),
  },
  {
    name: 'get',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.get(scope, id, options),
  },
  {
    name: 'getText',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.getText(scope, id, options),
  },
  {
    name: 'getRef',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.getRef(scope, id, options),
  },
  {
    name: 'getRefs',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.getRefs(scope, [id], options),
  },
  {
    name: 'exists',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.exists(scope, id, options),
  },
  {
    name: 'delete',
    takes: ['taskId', 'id', 'options'],
    call: (store, { scope, id, options }) => store.delete(scope, id, options),
  },
  {
    name: 'deleteAll',
    takes: ['options'],
    call: async (store, { scope, options }) => {
      return store.deleteAll(allOfSession(withoutTask(scope)), options)
    },
    callWithin: (store, subtree, options) => store.deleteAll(subtree, options),
  },
  {
    name: 'prune',
    takes: [],
    call: async (store, { scope, options }) => {
      const { signal } = options ?? {}
      const given = { ...RULES, ...(signal === undefined ? {} : { signal }) }
      return store.prune(allOfSession(withoutTask(scope)), given)
    },
    callWithin: (store, subtree) => store.prune(subtree, RULES),
  },
  {
    name: 'list',
    takes: ['taskId', 'options'],
    call: async (store, { scope, options }) => collect(store.list(scope, options)),
  },
  {
    name: 'scoped',
    takes: ['taskId'],
    call: async (store, { scope }) => store.scoped(scope),
  },
]

/** The methods that take a signal. */
export const cancellableMethods: readonly StoreMethod[] = storeMethods.filter(({ takes }) =>
  takes.includes('options'),
)

/** Removes the `taskId`, which `allOfSession` rejects, from a scope that may be malformed. */
function withoutTask(scope: ArtifactScope): Identity {
  if (typeof scope !== 'object' || scope === null) return scope
  const { taskId: _, ...session } = scope
  return session
}
