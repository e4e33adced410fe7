import { setTimeout } from 'node:timers/promises'
import { ArtifactStore, type FoundArtifact } from '@harborage/artifacts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Longer than the puts of a race take in memory. */
const LATE_MS = 5

/** Prunes what was put at the date, too. */
class InclusiveStore extends ArtifactStore {
  override prune(
    ...[subtree, given]: Parameters<ArtifactStore['prune']>
  ): ReturnType<ArtifactStore['prune']> {
    const { olderThan, ...options } = given ?? {}
    if (olderThan === undefined) return super.prune(subtree, given)
    return super.prune(subtree, { ...options, olderThan: new Date(olderThan.getTime() + 1) })
  }
}

class AnyNamespaceStore extends ArtifactStore {
  override prune(
    ...[subtree, given]: Parameters<ArtifactStore['prune']>
  ): ReturnType<ArtifactStore['prune']> {
    return super.prune(subtree, { ...given, namespace: '' })
  }
}

class EagerStore extends ArtifactStore {
  override prune(
    ...[subtree, given]: Parameters<ArtifactStore['prune']>
  ): ReturnType<ArtifactStore['prune']> {
    const { dryRun: _, ...options } = given ?? {}
    return super.prune(subtree, options)
  }
}

/** Deletes artifacts, late, whatever was put in their places since. */
class HastyDriver extends DelegatingDriver {
  override async prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    await setTimeout(LATE_MS)
    const deleted = await Promise.all(artifacts.map((each) => this.delete(each)))
    return deleted.filter((each) => each).length
  }
}

/** Takes no artifact for the one that it has found. */
class DoubtfulDriver extends DelegatingDriver {
  override prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    return super.prune(artifacts.map((each) => ({ ...each, createdAt: new Date(1) })))
  }
}

class LenientStore extends ArtifactStore {
  override prune(
    ...[subtree, given]: Parameters<ArtifactStore['prune']>
  ): ReturnType<ArtifactStore['prune']> {
    const { olderThan, keepLatest } = given ?? {}
    const isByRule = olderThan !== undefined || keepLatest !== undefined
    return super.prune(subtree, isByRule ? { ...given, expired: true } : given)
  }
}

export const pruneFaults: readonly BrokenStore[] = [
  brokenStore('A12', 'prunes what was put at the date', InclusiveStore),
  brokenStore('A12', 'prunes artifacts of other namespaces', AnyNamespaceStore),
  brokenStore('A12', 'removes artifacts in a dry run', EagerStore),
  brokenDriver('A12', 'prunes what was put since it was found', HastyDriver),
  brokenDriver('A12', 'prunes nothing', DoubtfulDriver),
  brokenStore('A12', 'prunes what has expired in any case', LenientStore),
]
