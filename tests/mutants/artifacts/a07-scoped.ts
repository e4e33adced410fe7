import {
  ArtifactStore,
  ScopedArtifacts,
  type ArtifactListOptions,
  type ArtifactRef,
  type ArtifactScope,
  type Offloaded,
  type OffloadOptions,
  type OffloadValue,
  type PutOptions,
} from '@harborage/artifacts'
import type { CallOptions } from '@harborage/core'
import { brokenStore, type BrokenStore } from './broken-store.ts'
import { disguised } from './disguised.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

type View = new (store: ArtifactStore, scope: ArtifactScope) => ScopedArtifacts

/** Returns a store whose views have the fault. */
function withViews(fault: string, View: View): BrokenStore {
  return brokenStore(
    'A7',
    fault,
    class extends ArtifactStore {
      override scoped(scope: ArtifactScope): ScopedArtifacts {
        return new View(this, super.scoped(scope).scope)
      }
    },
  )
}

/** Accepts refs of other scopes. */
class TrustingView extends ScopedArtifacts {
  override get(target: string | ArtifactRef, options?: CallOptions) {
    return super.get(idOf(target), options)
  }

  override getText(target: string | ArtifactRef, options?: CallOptions) {
    return super.getText(idOf(target), options)
  }

  override getRef(target: string | ArtifactRef, options?: CallOptions) {
    return super.getRef(idOf(target), options)
  }

  override exists(target: string | ArtifactRef, options?: CallOptions) {
    return super.exists(idOf(target), options)
  }

  override delete(target: string | ArtifactRef, options?: CallOptions) {
    return super.delete(idOf(target), options)
  }
}

function idOf(target: string | ArtifactRef): string {
  return typeof target === 'object' && target !== null ? target.id : target
}

/** Uses the scope of the ref instead of its own. */
class FollowingView extends ScopedArtifacts {
  readonly #anything: ArtifactStore

  constructor(store: ArtifactStore, scope: ArtifactScope) {
    super(store, scope)
    this.#anything = store
  }

  override async get(target: string | ArtifactRef, options?: CallOptions) {
    if (typeof target === 'string') return this.#search(target, options)
    return this.#anything.get(target.scope, target.id, options)
  }

  async #search(id: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    for await (const ref of this.#anything.list({ maintenanceScoped: true }, options)) {
      if (ref.id === id) return this.#anything.get(ref.scope, id, options)
    }
    return undefined
  }
}

/** Lists the whole session. */
class WideView extends ScopedArtifacts {
  readonly #anything: ArtifactStore

  constructor(store: ArtifactStore, scope: ArtifactScope) {
    super(store, scope)
    this.#anything = store
  }

  override list(options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const { taskId: _, ...session } = this.scope
    return this.#anything.list(session, options)
  }
}

/** Puts into the scope that the options name, or into the session. */
class ObedientView extends ScopedArtifacts {
  readonly #anything: ArtifactStore

  constructor(store: ArtifactStore, scope: ArtifactScope) {
    super(store, scope)
    this.#anything = store
  }

  override putText(text: string, options?: PutOptions): Promise<ArtifactRef> {
    const { scope } = disguised<{ scope?: ArtifactScope }>({ ...options })
    return this.#anything.putText(scope ?? { ...this.scope, taskId: 'any' }, text, options)
  }
}

/** Measures the threshold in characters. */
class CountingView extends ScopedArtifacts {
  override async offload<Value extends OffloadValue>(
    value: Value,
    options: OffloadOptions = {},
  ): Promise<Offloaded<Value>> {
    const { thresholdBytes = 32_768 } = options
    const text = JSON.stringify(value, undefined, 2)
    if (text.length < thresholdBytes) return { kind: 'inline', value: structuredClone(value) }
    return { kind: 'artifact', ref: await this.putText(`${text}\n`) }
  }
}

/** Stores each large value separately, and captures it late. */
class LateView extends ScopedArtifacts {
  #count = 0

  override async offload<Value extends OffloadValue>(
    value: Value,
    options: OffloadOptions = {},
  ): Promise<Offloaded<Value>> {
    await turns(1)
    this.#count += 1
    return super.offload(value, { ...options, namespace: `offload-${this.#count}` })
  }
}

/** Accepts every scope. */
class InexactStore extends ArtifactStore {
  override scoped(scope: ArtifactScope): ScopedArtifacts {
    try {
      return super.scoped(scope)
    } catch {
      return super.scoped({ tenantId: 'any', userId: 'any', sessionId: 'any' })
    }
  }
}

/** Returns views that can be changed. */
class OpenStore extends ArtifactStore {
  override scoped(scope: ArtifactScope): ScopedArtifacts {
    const state: { scope: ArtifactScope } = { scope }
    const stamp = async (text: string): Promise<ArtifactRef> => ({
      ...(await this.putText(state.scope, text)),
      scope: disguised(state.scope),
    })
    return disguised(Object.assign(state, { putText: stamp }))
  }
}

/** Serves its views after it was closed, and ignores their signals. */
class TirelessStore extends UncheckedStore {
  override scoped(scope: ArtifactScope): ScopedArtifacts {
    return new TirelessView(this, scope)
  }
}

class TirelessView extends TrustingView {
  override async offload<Value extends OffloadValue>(value: Value): Promise<Offloaded<Value>> {
    if (value === 'small') return { kind: 'inline', value }
    return { kind: 'artifact', ref: await this.putText(JSON.stringify(value)) }
  }
}

export const scopedFaults: readonly BrokenStore[] = [
  withViews('trusts the ids of any refs', TrustingView),
  withViews('follows refs out of the scope', FollowingView),
  withViews('lists the whole session', WideView),
  withViews('puts where the options say', ObedientView),
  withViews('has an opinion of its own about what is heavy', CountingView),
  withViews('captures heavy values too late', LateView),
  brokenStore('A7', 'accepts every scope of a view', InexactStore),
  brokenStore('A7', 'returns views that can be changed', OpenStore),
  brokenStore('A7', 'serves its views after it was closed', TirelessStore),
]
