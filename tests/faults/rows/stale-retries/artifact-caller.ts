import type { ArtifactRef, ArtifactScope, ArtifactStore } from '@harborage/artifacts'

import type { Random } from '../../harness/random.ts'
import { Recent, Tally } from './tally.ts'
import type { Caller } from './worker.ts'

/** Puts artifacts into one scope repeatedly: the answer is always the first ref. */
export class ArtifactCaller implements Caller {
  readonly #store: ArtifactStore
  readonly #random: Random
  readonly #tally = new Tally()
  readonly #scope: ArtifactScope
  readonly #put = new Recent<{ readonly text: string; readonly ref: ArtifactRef }>(100)
  #puts = 0

  constructor(store: ArtifactStore, name: string, random: Random) {
    this.#store = store
    this.#random = random
    this.#scope = { tenantId: name, userId: 'ann', sessionId: 's1' }
  }

  get found() {
    return this.#tally.found
  }

  async step(): Promise<void> {
    this.#puts += 1
    const text = `artifact ${this.#puts}`
    const { items } = this.#put
    const again = items.length === 0 ? [] : [this.#random.of(items), this.#random.of(items)]
    let first: ArtifactRef | undefined
    await Promise.all([
      this.#tally.expect([text.length], 'a put', async () => {
        first = await this.#store.putText(this.#scope, text)
        return first.sizeBytes
      }),
      ...again.map((each) =>
        this.#tally.expect([nameOf(each.ref)], 'a put', async () =>
          // The new file name does not change the first ref.
          nameOf(await this.#store.putText(this.#scope, each.text, { filename: 'late' })),
        ),
      ),
    ])
    if (first !== undefined) this.#put.add({ text, ref: first })
  }

  async finish(): Promise<void> {
    let there = 0
    for await (const _ of this.#store.list(this.#scope, { pageSize: 1_000 })) there += 1
    if (there < this.#puts) this.#tally.lost()
    if (there > this.#puts) this.#tally.duplicated()
  }
}

function nameOf({ id, filename, createdAt }: ArtifactRef): string {
  return [id, filename, createdAt.getTime()].join(' ')
}
