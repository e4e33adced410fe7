import {
  ArtifactStore,
  compareRefs,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactName,
  type ArtifactPage,
  type ArtifactRef,
} from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Always lists in ascending order. */
class AscendingDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, order: 'ascending' })
  }
}

class EndlessDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, to: undefined })
  }
}

class FromTheStartDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, from: undefined })
  }
}

/** Includes the upper bound, as BETWEEN does. */
class InclusiveDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { after, from, to, order, limit } = page
    const all = await this.all({ ...page, from: undefined, to: undefined })
    const sign = order === 'descending' ? -1 : 1
    return all
      .filter((ref) => from === undefined || compareRefs(ref, from) >= 0)
      .filter((ref) => to === undefined || compareRefs(ref, to) <= 0)
      .filter((ref) => after === undefined || sign * compareRefs(ref, after) > 0)
      .slice(0, limit)
  }
}

/** Takes the bounds in the order of the list: `from` is where it begins. */
class TurningDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { order, from, to } = page
    return super.listPage(order === 'descending' ? { ...page, from: to, to: from } : page)
  }
}

/** Looks its bounds up, and ignores one that does not exist. */
class LookingUpDriver extends DelegatingDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const from = page.from && (await this.getRef(page.from))
    const to = page.to && (await this.getRef(page.to))
    return super.listPage({ ...page, from, to })
  }
}

/** Applies the limit to each page. */
class LimitlessStore extends ArtifactStore {
  override list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const { limit, pageSize = 100, ...rest } = options ?? {}
    if (typeof limit !== 'number' || !(limit > 0)) return super.list(filter, options)
    return super.list(filter, { ...rest, pageSize: Math.min(limit, pageSize) })
  }
}

/** Takes the id of a bound for one of its own scope. */
class LooseBoundStore extends ArtifactStore {
  override list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef> {
    const given = options ?? {}
    const idOf = (bound: string | ArtifactName): string =>
      typeof bound === 'object' && bound !== null ? bound.id : bound
    return super.list(filter, {
      ...given,
      ...(given.from === undefined ? {} : { from: idOf(given.from) }),
      ...(given.to === undefined ? {} : { to: idOf(given.to) }),
    })
  }
}

export const rangeFaults: readonly BrokenStore[] = [
  brokenDriver('A9', 'lists in ascending order only', AscendingDriver),
  brokenDriver('A9', 'ignores the upper bound', EndlessDriver),
  brokenDriver('A9', 'ignores the lower bound', FromTheStartDriver),
  brokenDriver('A9', 'includes the upper bound', InclusiveDriver),
  brokenDriver('A9', 'exchanges the bounds of a descending list', TurningDriver),
  brokenDriver('A9', 'ignores a bound that does not exist', LookingUpDriver),
  brokenStore('A9', 'applies the limit to each page', LimitlessStore),
  brokenStore('A9', 'does not look at the scope of a bound', LooseBoundStore),
  brokenStore('A9', 'does not check the range of a list', UncheckedStore),
]
