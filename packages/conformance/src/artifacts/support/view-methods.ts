import type { ArtifactRef, ScopedArtifacts } from '@harborage/artifacts'
import type { CallOptions } from '@harborage/core'
import { collect } from '../../support/collect.ts'

/** The id or the ref by which a method of a view finds an artifact. */
type Target = string | ArtifactRef

/** A method of a view that takes the id or the ref of an artifact. */
export interface Lookup {
  readonly name: 'get' | 'getText' | 'getRef' | 'exists' | 'delete'
  readonly call: (view: ScopedArtifacts, target: Target, options?: CallOptions) => Promise<unknown>
}

export const lookups: readonly Lookup[] = [
  { name: 'get', call: (view, target, options) => view.get(target, options) },
  { name: 'getText', call: (view, target, options) => view.getText(target, options) },
  { name: 'getRef', call: (view, target, options) => view.getRef(target, options) },
  { name: 'exists', call: (view, target, options) => view.exists(target, options) },
  { name: 'delete', call: (view, target, options) => view.delete(target, options) },
]

/** A method of a view, with arguments with which it succeeds. */
export interface ViewMethod {
  readonly name: string
  readonly call: (view: ScopedArtifacts, id: string, options?: CallOptions) => Promise<unknown>
}

export const viewMethods: readonly ViewMethod[] = [
  ...lookups,
  { name: 'getRefs', call: (view, id, options) => view.getRefs([id], options) },
  { name: 'putBytes', call: (view, _, options) => view.putBytes(Uint8Array.of(1), options) },
  { name: 'putText', call: (view, _, options) => view.putText('text', options) },
  { name: 'deleteAll', call: (view, _, options) => view.deleteAll(options) },
  { name: 'list', call: async (view, _, options) => collect(view.list(options)) },
  { name: 'offload of a small value', call: (view, _, options) => view.offload('small', options) },
  {
    name: 'offload of a large value',
    call: (view, _, options) => view.offload('large', { ...options, thresholdBytes: 0 }),
  },
]
