import type { RunIdentity, Subtree } from '@harborage/core'
import {
  compareNames,
  directoryOf,
  inMemorySide,
  isWithin,
  parseJsonObject,
  SortedOrder,
  type DirectoryPage,
  type NamedPart,
  type StagedParts,
  type StepSide,
  clockOfMachine,
} from '@harborage/core/kit'
import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  DeleteBatch,
  DeletedBatch,
  FoundArtifact,
  NewArtifact,
  Visibility,
} from './artifact-driver.ts'
import type { ArtifactRef, ArtifactScope } from './artifact.ts'
import { compareRefs } from './compare-refs.ts'
import {
  decidePut,
  isStill,
  isVisible,
  type HeldArtifact,
  type PutDecision,
} from './internal/held-artifact.ts'

type Filter = Pick<ArtifactPage, 'tenantId' | 'userId' | 'sessionId' | 'taskId' | 'namespace'>

/** Options of {@link InMemoryArtifactDriver}. */
export interface InMemoryDriverOptions {
  /**
   * Returns the time by which artifacts expire, in milliseconds since 1970. Default: the clock of
   * the machine.
   */
  readonly clock?: () => number
}

/**
 * Keeps artifacts in the memory of one process, without durability. It is the default driver, and
 * the reference that the conformance suite compares every other driver with.
 */
export class InMemoryArtifactDriver implements ArtifactDriver {
  readonly #artifacts = new Map<string, HeldArtifact>()
  readonly #order = new SortedOrder<ArtifactRef>({ compare: compareRefs, idOf: mapKey })

  readonly #clock: () => number

  readonly steps: StepSide<NewArtifact, ArtifactRef> = inMemorySide((parts) => this.#stage(parts))

  constructor(options?: InMemoryDriverOptions) {
    this.#clock = options?.clock ?? clockOfMachine
  }

  async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const decision = decidePut(artifact, (key) => this.#find(key), this.#clock())
    this.#apply(decision)
    return copyRef(decision.held.ref)
  }

  async get(
    key: ArtifactKey,
    visibility: Visibility = 'unexpired',
  ): Promise<ArtifactContent | undefined> {
    const held = this.#visible(key, visibility)
    if (held === undefined) return undefined
    const { ref, bytes, checksum } = held
    return { bytes: new Uint8Array(bytes), sha256: ref.sha256, sizeBytes: ref.sizeBytes, checksum }
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const held = this.#visible(key, 'unexpired')
    return held === undefined ? undefined : copyRef(held.ref)
  }

  async getRefs(
    scope: Required<ArtifactScope>,
    ids: readonly string[],
    visibility: Visibility = 'unexpired',
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    const now = this.#clock()
    return ids.map((id) => {
      const held = this.#visible({ scope, id }, visibility, now)
      return held === undefined ? undefined : copyRef(held.ref)
    })
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    const held = this.#find(key)
    if (held !== undefined) this.#remove(held.ref)
    return held !== undefined
  }

  async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    const refs = this.#refsWithin(subtree)
    for (const ref of refs) this.#remove(ref)
    return refs.length
  }

  async deleteBatch({ subtree, after, limit }: DeleteBatch): Promise<DeletedBatch> {
    const left = this.#refsWithin(subtree)
      .map((ref) => ({ ref, key: mapKey(ref) }))
      .filter(({ key }) => after === undefined || compareNames(key, after) > 0)
      .toSorted((one, other) => compareNames(one.key, other.key))
    const batch = left.slice(0, limit)
    for (const { ref } of batch) this.#remove(ref)
    const last = batch.length < left.length ? batch.at(-1)?.key : undefined
    return { deleted: batch.length, last }
  }

  async prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    const unchanged = artifacts.flatMap((found) => {
      const held = this.#find(found)
      return held !== undefined && isStill(held, found) ? [held.ref] : []
    })
    for (const ref of unchanged) this.#remove(ref)
    return unchanged.length
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#refsWithin(subtree).length
  }

  async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { order, limit, maxBytes, visibility = 'unexpired' } = page
    const now = this.#clock()
    const isAscending = order === 'ascending'
    const refs = isAscending
      ? this.#order.from((ref) => !isBelow(ref, page))
      : this.#order.backFrom((ref) => isAbove(ref, page))
    const listed: ArtifactRef[] = []
    let bytes = 0
    for (const ref of refs) {
      if (isAscending ? isAbove(ref, page) : isBelow(ref, page)) break
      const held = matches(ref, page) ? this.#visible(ref, visibility, now) : undefined
      if (held === undefined) continue
      bytes += held.sourceBytes
      if (listed.push(copyRef(held.ref)) >= limit || bytes >= maxBytes) break
    }
    return listed
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return directoryOf(
      [...this.#artifacts.values()].map(({ ref }) => ref.scope),
      page,
    )
  }

  async now(): Promise<Date> {
    return new Date(this.#clock())
  }

  async close(): Promise<void> {
    this.#artifacts.clear()
    this.#order.clear()
  }

  #refsWithin(subtree: Subtree): ArtifactRef[] {
    return [...this.#artifacts.values()]
      .map(({ ref }) => ref)
      .filter(({ scope }) => isWithin(scope, subtree))
  }

  #stage(parts: readonly NamedPart<NewArtifact>[]): StagedParts<ArtifactRef> {
    const now = this.#clock()
    const decisions: PutDecision[] = []
    const find = (key: ArtifactKey): HeldArtifact | undefined => {
      const at = mapKey(key)
      for (const { held, replaced } of decisions.toReversed()) {
        if (mapKey(held.ref) === at) return held
        if (replaced !== undefined && mapKey(replaced.ref) === at) return undefined
      }
      return this.#find(key)
    }
    const results = parts.map(({ payload }) => {
      const decision = decidePut(payload, find, now)
      if (decision.isNew) decisions.push(decision)
      return {
        result: copyRef(decision.held.ref),
        effect: decision.isNew ? ('writes' as const) : ('nothing' as const),
      }
    })
    return {
      results,
      apply: () => {
        for (const decision of decisions) this.#apply(decision)
      },
    }
  }

  #apply({ held, isNew, replaced }: PutDecision): void {
    if (!isNew) return
    if (replaced !== undefined) this.#remove(replaced.ref)
    this.#add(held)
  }

  #add(held: HeldArtifact): void {
    this.#artifacts.set(mapKey(held.ref), held)
    this.#order.add(held.ref)
  }

  #remove(ref: ArtifactRef): void {
    this.#artifacts.delete(mapKey(ref))
    this.#order.remove(ref)
  }

  #find(key: ArtifactKey): HeldArtifact | undefined {
    return this.#artifacts.get(mapKey(key))
  }

  /** Returns what a read finds. `now` is in milliseconds since 1970. */
  #visible(
    key: ArtifactKey,
    visibility: Visibility,
    now: number = this.#clock(),
  ): HeldArtifact | undefined {
    const held = this.#find(key)
    return held !== undefined && isVisible(held, visibility, now) ? held : undefined
  }
}

function mapKey({ scope, id }: ArtifactKey): string {
  return JSON.stringify([scope.tenantId, scope.userId, scope.sessionId, scope.taskId, id])
}

/** Returns whether a ref is before all of the page, in the order of `compareRefs`. */
function isBelow(ref: ArtifactRef, page: ArtifactPage): boolean {
  const { order, after, from } = page
  if (compareOuter(ref, page) < 0) return true
  if (order === 'ascending' && after !== undefined) return compareRefs(ref, after) <= 0
  return from !== undefined && compareRefs(ref, from) < 0
}

/** Returns whether a ref is beyond all of the page, in the order of `compareRefs`. */
function isAbove(ref: ArtifactRef, page: ArtifactPage): boolean {
  const { order, after, to } = page
  if (compareOuter(ref, page) > 0) return true
  const end = order === 'descending' && after !== undefined ? after : to
  return end !== undefined && compareRefs(ref, end) >= 0
}

/** Compares a ref with the leading parts of a filter, up to the first part that is `undefined`. */
function compareOuter({ scope, namespace }: ArtifactRef, filter: Filter): number {
  const parts: readonly (readonly [string, string | undefined])[] = [
    [scope.tenantId, filter.tenantId],
    [scope.userId, filter.userId],
    [scope.sessionId, filter.sessionId],
    [scope.taskId, filter.taskId],
    [namespace, filter.namespace],
  ]
  for (const [value, wanted] of parts) {
    const order = wanted === undefined ? 0 : compareNames(value, wanted)
    if (wanted === undefined || order !== 0) return order
  }
  return 0
}

function matches({ scope, namespace }: ArtifactRef, filter: Filter): boolean {
  return (
    equals(filter.tenantId, scope.tenantId) &&
    equals(filter.userId, scope.userId) &&
    equals(filter.sessionId, scope.sessionId) &&
    equals(filter.taskId, scope.taskId) &&
    equals(filter.namespace, namespace)
  )
}

function equals(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value
}

function copyRef(ref: ArtifactRef): ArtifactRef {
  return {
    ...ref,
    scope: { ...ref.scope },
    // By JSON, as the other drivers read it: a structured clone would be of another realm under
    // Jest.
    source: parseJsonObject(JSON.stringify(ref.source)),
    createdAt: new Date(ref.createdAt),
    expiresAt: ref.expiresAt && new Date(ref.expiresAt),
  }
}
