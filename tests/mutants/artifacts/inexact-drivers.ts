import {
  ArtifactStore,
  compareRefs,
  type ArtifactDriver,
  type ArtifactPage,
  type ArtifactRef,
  type ArtifactScope,
  type InMemoryArtifactDriver,
} from '@harborage/artifacts'
import type { Subtree } from '@harborage/core'
import {
  hasSameParts,
  inexactFaults,
  someInexactFaults,
  type CompareNames,
} from '../inexact-names.ts'
import type { BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'taskId'] as const

type AskedScope = { readonly [Part in keyof ArtifactScope]?: string | undefined }

/** A driver that compares names inexactly. */
abstract class InexactDriver extends DelegatingDriver {
  readonly #isSame: CompareNames

  constructor(artifacts: InMemoryArtifactDriver, isSame: CompareNames) {
    super(artifacts)
    this.#isSame = isSame
  }

  /** Resolves to every ref that it matches with the scope, of which any part may be omitted. */
  protected async allOf(asked: AskedScope): Promise<ArtifactRef[]> {
    const all = await this.all()
    return all.filter(({ scope }) => hasSameParts(this.#isSame, scope, asked, parts))
  }
}

class InexactDeletion extends InexactDriver {
  override async deleteAll({ tenantId, userId, sessionId }: Subtree<'session'>): Promise<number> {
    const refs = await this.allOf({ tenantId, userId, sessionId })
    for (const ref of refs) await this.delete(ref)
    return refs.length
  }
}

class InexactList extends InexactDriver {
  override async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { namespace, after, limit } = page
    return (await this.allOf(page))
      .filter((ref) => namespace === undefined || ref.namespace === namespace)
      .filter((ref) => after === undefined || compareRefs(ref, after) > 0)
      .slice(0, limit)
  }
}

type Open = BrokenStore['open']

/** Returns a function that opens a store on a driver that compares names with `isSame`. */
function openWith(
  Driver: new (artifacts: InMemoryArtifactDriver, isSame: CompareNames) => ArtifactDriver,
): (isSame: CompareNames) => Open {
  return (isSame) => (artifacts, options) =>
    new ArtifactStore(new Driver(artifacts, isSame), options)
}

export const inexactDeletions: readonly BrokenStore[] = inexactFaults(
  'deletes a session',
  openWith(InexactDeletion),
).map((each) => ({ guarantee: 'S8', ...each }))

export const inexactLists: readonly BrokenStore[] = someInexactFaults(
  'lists',
  openWith(InexactList),
).map((each) => ({ guarantee: 'A6', ...each }))
