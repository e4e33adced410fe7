import {
  ArtifactStore,
  ScopedArtifacts,
  type ArtifactKey,
  type ArtifactRef,
  type ArtifactScope,
  type Visibility,
} from '@harborage/artifacts'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

type Refs = readonly (ArtifactRef | undefined)[]
type Scope = ArtifactKey['scope']

/** Leaves out the absent ones, as the rows of a statement do. */
class ShrinkingDriver extends DelegatingDriver {
  override async getRefs(
    scope: Scope,
    ids: readonly string[],
    visibility?: Visibility,
  ): Promise<Refs> {
    const refs = await super.getRefs(scope, ids, visibility)
    // Those of a dump, which is loaded otherwise.
    return visibility === 'all' ? refs : refs.filter((ref) => ref !== undefined)
  }
}

/** Returns the refs in the order in which they are stored. */
class SortingDriver extends DelegatingDriver {
  override async getRefs(scope: Scope, ids: readonly string[]): Promise<Refs> {
    const refs = await super.getRefs(scope, ids)
    const sorted = refs
      .filter((ref) => ref !== undefined)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    return refs.map((ref) => (ref === undefined ? undefined : sorted.shift()))
  }
}

/** Returns one ref for all places of an id. */
class SharingDriver extends DelegatingDriver {
  override async getRefs(scope: Scope, ids: readonly string[]): Promise<Refs> {
    const refs = new Map<string, ArtifactRef | undefined>()
    for (const id of ids) {
      if (!refs.has(id)) refs.set(id, await super.getRef({ scope, id }))
    }
    return ids.map((id) => refs.get(id))
  }
}

/** Fails unless there is an id. */
class ImpatientStore extends ArtifactStore {
  override async getRefs(...given: Parameters<ArtifactStore['getRefs']>) {
    if (given[1]?.length === 0) throw new Error('an empty list makes no statement')
    return super.getRefs(...given)
  }
}

/** Takes the % of an id for any characters. */
class MatchingDriver extends DelegatingDriver {
  override async getRefs(scope: Scope, ids: readonly string[]): Promise<Refs> {
    const all = await this.all({ ...scope })
    return ids.map((id) =>
      all.find((ref) => ref.id === id || (id.endsWith('%') && ref.id.startsWith(id.slice(0, -1)))),
    )
  }
}

/** Leaves a part of the scope out of its statement. */
function blindTo(part: keyof ArtifactScope): BrokenStore {
  return brokenDriver(
    'A9',
    `reads refs of any ${part}`,
    class extends DelegatingDriver {
      override async getRefs(scope: Scope, ids: readonly string[]): Promise<Refs> {
        const all = await this.all({ ...scope, [part]: undefined })
        return ids.map((id) => all.find((ref) => ref.id === id))
      }
    },
  )
}

/** Returns as many refs as fit into one page. */
class OnePageDriver extends DelegatingDriver {
  override async getRefs(scope: Scope, ids: readonly string[]): Promise<Refs> {
    const found = await super.getRefs(scope, ids.slice(0, 100))
    return ids.map((_, place) => found[place])
  }
}

/** Reads its list of ids after the call. */
class LateStore extends UncheckedStore {
  override async getRefs(scope: ArtifactScope, ids: readonly string[]) {
    await turns(1)
    return super.getRefs(scope, ids)
  }
}

/** Has views that take only ids, and refs of any scope. */
class LooseViewStore extends ArtifactStore {
  override scoped(scope: ArtifactScope): ScopedArtifacts {
    return new LooseView(this, scope)
  }
}

class LooseView extends ScopedArtifacts {
  override getRefs(targets: readonly (string | ArtifactRef)[]) {
    return super.getRefs(targets.map((each) => (typeof each === 'string' ? each : 'none')))
  }
}

export const getRefsFaults: readonly BrokenStore[] = [
  brokenDriver('A9', 'leaves out absent refs', ShrinkingDriver),
  brokenDriver('A9', 'returns refs in stored order', SortingDriver),
  brokenDriver('A9', 'returns one ref for all places of an id', SharingDriver),
  brokenDriver('A9', 'matches patterns', MatchingDriver),
  brokenDriver('A9', 'reads one page of refs', OnePageDriver),
  ...(['tenantId', 'userId', 'sessionId', 'taskId'] as const).map(blindTo),
  brokenStore('A9', 'fails for no ids', ImpatientStore),
  brokenStore('A9', 'reads its list of ids late', LateStore),
  brokenStore('A9', 'has views that look at ids only', LooseViewStore),
]
