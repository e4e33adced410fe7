import {
  importSessionToStore,
  type SessionKey,
  type SessionStoreEntry,
} from '@anthropic-ai/claude-agent-sdk'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import type { AgentStores } from '@harborage/example-kit/agent-stores'
import { dir } from './local-session.ts'
import { owner } from './owner.ts'

/** Returns the session store of a process. */
export function sessionStoreOn({ journal, state }: AgentStores): HarborageSessionStore {
  return new HarborageSessionStore({ journal, state, owner })
}

/** Mirrors a local session by the SDK's own function, in small batches. */
export async function mirrorSession(
  store: HarborageSessionStore,
  sessionId: string,
): Promise<void> {
  await importSessionToStore(sessionId, store, { dir, batchSize: 8 })
}

/** A session store that says what was acknowledged. */
export class TellingSessionStore extends HarborageSessionStore {
  readonly #told: (acknowledged: number) => Promise<void>
  #acknowledged = 0

  /** @param told Called with the number of entries that were acknowledged. */
  constructor({ journal, state }: AgentStores, told: (acknowledged: number) => Promise<void>) {
    super({ journal, state, owner })
    this.#told = told
  }

  override async append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void> {
    await super.append(key, entries)
    this.#acknowledged += entries.length
    await this.#told(this.#acknowledged)
  }
}
