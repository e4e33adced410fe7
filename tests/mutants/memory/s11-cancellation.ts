import { MemoryStore } from '@harborage/memory'
import { brokenStore, type BrokenStore } from './broken-store.ts'

class DeafStore extends MemoryStore {
  override addTurn(...[identity, turn]: Parameters<MemoryStore['addTurn']>) {
    return super.addTurn(identity, turn)
  }
}

class SlowToHearStore extends MemoryStore {
  override async restore(...[identity, snapshot, options]: Parameters<MemoryStore['restore']>) {
    await super.restore(identity, snapshot)
    options?.signal?.throwIfAborted()
  }
}

class ListeningStore extends MemoryStore {
  override async health(...args: Parameters<MemoryStore['health']>) {
    args[1]?.signal?.addEventListener('abort', () => {})
    return super.health(...args)
  }
}

export const cancellationFaults: readonly BrokenStore[] = [
  brokenStore('ignores signals', DeafStore),
  brokenStore('checks a signal only after the call', SlowToHearStore),
  brokenStore('does not remove its listener', ListeningStore),
]
