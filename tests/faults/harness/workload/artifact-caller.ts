import type { ArtifactScope } from '@harborage/artifacts'

import type { Figures } from '../fault-row.ts'
import { figures } from '../figures.ts'
import type { Caller, Operation } from './caller.ts'
import type { Stores } from './stores.ts'

/** Puts new texts into its own scope, one after the other. */
export class ArtifactCaller implements Caller {
  readonly name = 'put'
  readonly mark: string
  readonly #stores: Stores
  readonly #scope: ArtifactScope
  readonly #texts = new Map<string, string>()

  constructor(stores: Stores, scope: ArtifactScope) {
    this.mark = scope.sessionId
    this.#stores = stores
    this.#scope = scope
  }

  next(): Operation {
    const text = `${this.mark} artifact ${this.#texts.size} `.repeat(8)
    let id = ''
    return {
      isTransaction: false,
      run: async () => {
        id = (await this.#stores.artifacts.putText(this.#scope, text)).id
      },
      isApplied: async ({ artifacts }) => {
        for await (const ref of artifacts.list(this.#scope)) {
          if ((await artifacts.getText(this.#scope, ref.id)) === text) return true
        }
        return false
      },
      acknowledge: () => this.#texts.set(id, text),
    }
  }

  async check({ artifacts }: Stores): Promise<Figures> {
    const found: string[] = []
    let foreign = 0
    for await (const ref of artifacts.list(this.#scope)) {
      if (ref.scope.sessionId !== this.#scope.sessionId) foreign += 1
      found.push(ref.id)
    }
    const ids = [...this.#texts.keys()]
    const [last = ''] = ids.slice(-1)
    const text = await artifacts.getText(this.#scope, last === '' ? 'default_none' : last)
    return figures({
      lost: ids.filter((id) => !found.includes(id)).length,
      duplicated: found.filter((id) => !this.#texts.has(id)).length,
      torn: text === this.#texts.get(last) ? 0 : 1,
      foreign,
    })
  }
}
