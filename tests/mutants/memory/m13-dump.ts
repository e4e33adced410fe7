import type { RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  type DumpedConversation,
  type HeldMemory,
  type MemoryChange,
} from '@harborage/memory'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Changes the conversations of its dumps. */
abstract class ChangingDriver extends DelegatingDriver {
  protected abstract changed(conversation: DumpedConversation): DumpedConversation

  override async dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined> {
    const found = await super.dump(identity)
    return found && this.changed(found)
  }
}

class ForgetfulDriver extends ChangingDriver {
  protected override changed(conversation: DumpedConversation): DumpedConversation {
    return { ...conversation, turnIds: [] }
  }
}

class HealthyDriver extends ChangingDriver {
  protected override changed(conversation: DumpedConversation): DumpedConversation {
    return { ...conversation, header: { ...conversation.header, health: 'healthy', failures: 0 } }
  }
}

class UnsummarizedDriver extends ChangingDriver {
  protected override changed(conversation: DumpedConversation): DumpedConversation {
    return { ...conversation, summary: '' }
  }
}

/** Loads conversations without the ids that their header does not have. */
class ForgetfulLoader extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    held: HeldMemory,
  ): MemoryChange<Result> {
    const isLoad = !held.exists && (change.remember?.length ?? 0) > 1
    return isLoad ? { ...change, remember: [] } : change
  }
}

/** Pages that begin after a session leave out its runs. */
class SessionsOnlyDriver extends DelegatingDriver {
  override async conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]> {
    const all = await super.conversationsPage(after, 1_000_000)
    return all.filter(({ sessionId }) => sessionId !== after?.sessionId).slice(0, limit)
  }
}

/** Needs the very conversation after which a page begins. */
class ExactPlaceDriver extends DelegatingDriver {
  override async conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]> {
    const isGone =
      after !== undefined &&
      after.sessionId !== '' &&
      (await this.records.readHeader(after)) === undefined
    return isGone ? [] : super.conversationsPage(after, limit)
  }
}

class SilentStore extends MemoryStore {
  override async loadDump(
    ...given: Parameters<MemoryStore['loadDump']>
  ): ReturnType<MemoryStore['loadDump']> {
    try {
      return await super.loadDump(...given)
    } catch (error) {
      if (String(error).includes('holds something else')) return { loaded: 0, unchanged: 0 }
      throw error
    }
  }
}

class WideStore extends MemoryStore {
  override dump(
    ...[scope, given]: Parameters<MemoryStore['dump']>
  ): ReturnType<MemoryStore['dump']> {
    const { within: _, ...options } = given ?? {}
    return super.dump(scope, options)
  }
}

export const dumpFaults: readonly BrokenStore[] = [
  brokenDriver('dumps no turn ids besides those of the header', ForgetfulDriver),
  brokenDriver('dumps every conversation as healthy', HealthyDriver),
  brokenDriver('dumps no summaries', UnsummarizedDriver),
  brokenDriver('loads no turn ids besides those of the header', ForgetfulLoader),
  brokenDriver('skips the runs of a session at the end of a page', SessionsOnlyDriver),
  brokenDriver('does not go on after a conversation that is gone', ExactPlaceDriver),
  brokenStore('does not tell of another conversation in the place', SilentStore),
  brokenStore('dumps more than a subtree', WideStore),
]
