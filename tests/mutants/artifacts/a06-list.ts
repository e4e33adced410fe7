import {
  ArtifactStore,
  compareRefs,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactPage,
  type ArtifactRef,
  type RefPlace,
} from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Orders texts as JavaScript does, by their UTF-16 units. */
class Utf16Driver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { after, limit, order } = page
    const isBefore = (left: RefPlace, right: RefPlace): boolean =>
      order === 'descending' ? placeOf(left) > placeOf(right) : placeOf(left) < placeOf(right)
    const sorted = [...(await this.all(page))].sort((left, right) =>
      isBefore(left, right) ? -1 : 1,
    )
    return sorted.filter((ref) => after === undefined || isBefore(after, ref)).slice(0, limit)
  }
}

function placeOf({ scope, namespace, id }: RefPlace): string {
  const { tenantId, userId, sessionId, taskId } = scope
  return [tenantId, userId, sessionId, taskId, namespace, id].join('\0')
}

/** Pages by offset instead of by position. */
class OffsetDriver extends DelegatingDriver {
  #offset = 0

  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    if (page.after === undefined) this.#offset = 0
    const refs = (await this.all(page)).slice(this.#offset, this.#offset + page.limit)
    this.#offset += refs.length
    return refs
  }
}

/** Ignores the filter on the first page. */
class BoundlessDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    if (page.after !== undefined) return super.listPage(page)
    const any = undefined
    const filter = { tenantId: any, userId: any, sessionId: any, taskId: any, namespace: any }
    return super.listPage({ ...page, ...filter })
  }
}

class TaskBlindDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, taskId: page.taskId || undefined })
  }
}

class BriefDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return (await super.listPage(page)).map((ref) => ({ ...ref, source: {} }))
  }
}

/** Ends a page at its own number of bytes. */
class SoonFullDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, maxBytes: 1024 * 1024 })
  }
}

/** Walks from the end to the beginning. */
class BackwardsDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { after } = page
    return [...(await this.all(page))]
      .reverse()
      .filter((ref) => after === undefined || compareRefs(ref, after) < 0)
      .slice(0, page.limit)
  }
}

/** Caches the result of a walk. */
class RememberingStore extends ArtifactStore {
  override list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const walk = super.list(filter, options)
    let remembered: ArtifactRef[] | undefined
    return {
      async *[Symbol.asyncIterator]() {
        if (remembered === undefined) {
          const seen: ArtifactRef[] = []
          for await (const ref of walk) seen.push(ref)
          remembered = seen
        }
        yield* remembered
      },
    }
  }
}

/** Cannot be closed during a walk, not even one that was left. */
class HoldingStore extends ArtifactStore {
  #walks = 0

  override list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const walk = super.list(filter, options)
    const begin = (): void => void (this.#walks += 1)
    const end = (): void => void (this.#walks -= 1)
    return {
      async *[Symbol.asyncIterator]() {
        begin()
        yield* walk
        end()
      },
    }
  }

  override async close(): Promise<void> {
    if (this.#walks > 0) throw new Error('another walk is running')
    return super.close()
  }
}

export const listFaults: readonly BrokenStore[] = [
  brokenDriver('A6', 'orders by UTF-16 units', Utf16Driver),
  brokenDriver('A6', 'pages by offset', OffsetDriver),
  brokenDriver('A6', 'ignores the filter on the first page', BoundlessDriver),
  brokenDriver('A6', 'treats the empty task as any task', TaskBlindDriver),
  brokenDriver('A6', 'lists incomplete refs', BriefDriver),
  brokenDriver('A6', 'ends a page at its own number of bytes', SoonFullDriver),
  brokenDriver('A6', 'walks backwards', BackwardsDriver),
  brokenStore('A6', 'caches the result of a walk', RememberingStore),
  brokenStore('A6', 'cannot be closed during a walk', HoldingStore),
  brokenStore('A6', 'does not require the maintenance scope', UncheckedStore),
]
