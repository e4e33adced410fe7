import { ArtifactStore } from '@harborage/artifacts'
import { brokenStore, type BrokenStore } from './broken-store.ts'

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

export const pruneFaults: readonly BrokenStore[] = [
  brokenStore('A12', 'prunes what was put at the date', InclusiveStore),
  brokenStore('A12', 'prunes artifacts of other namespaces', AnyNamespaceStore),
  brokenStore('A12', 'removes artifacts in a dry run', EagerStore),
]
