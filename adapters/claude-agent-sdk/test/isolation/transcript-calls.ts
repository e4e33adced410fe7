import type { SessionKey, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import type { UserOwner } from '@harborage/core'
import type { Choice } from '@harborage/test-kit/choice'
import type { CallSource, FuzzedCall } from '@harborage/test-kit/isolation/fuzzed-call'
import { chooseClaim, markOf, type Owning, users } from '@harborage/test-kit/isolation/owners'
import { AsyncLocalStorage } from 'node:async_hooks'

import type { SessionStores } from '../../src/store/append-entries.ts'

// Some name a tenant, a user or another transcript, as a caller may choose them.
const PROJECTS = ['p', 'acme', 'ACME', 'acme/ann', 'p/s', `p\0ann`, 'p'.repeat(500)]
const SESSIONS = ['s', 'S', 'ann', 'acme\0ann', 's/subagents', '%', 's'.repeat(300)]
const SUBPATHS = ['subagents/agent-1', 'subagents/agent-12', '../s', 'x'.repeat(700)]

type Transcripts = Map<string, { readonly key: SessionKey; readonly entries: SessionStoreEntry[] }>

/** Calls session stores for users with similar names, beside a list of what each has appended. */
export class TranscriptCalls implements CallSource {
  readonly owners: readonly Owning[] = users
  readonly #request = new AsyncLocalStorage<UserOwner>()
  readonly #stores: ReadonlyMap<Owning, readonly HarborageSessionStore[]>
  readonly #held = new Map<Owning, Transcripts>(users.map((owner) => [owner, new Map()]))
  #appends = 0

  constructor(stores: SessionStores) {
    const missing = { tenantId: '', userId: '' }
    const owner = () => this.#request.getStore() ?? missing
    const shared = new HarborageSessionStore({ ...stores, owner })
    this.#stores = new Map(
      users.map((each) => [each, [new HarborageSessionStore({ ...stores, owner: each }), shared]]),
    )
  }

  nextCall(owner: Owning, choice: Choice): FuzzedCall {
    const store = choice.of(this.#stores.get(owner) ?? [])
    const key = this.#key(owner, choice)
    const { name, call, expected } = this.#call(owner, store, key, choice)
    const user = users.find((each) => each === owner)
    if (user === undefined) throw new Error('the owner of a transcript is a user')
    return { name, expected, call: () => this.#request.run(user, call) }
  }

  #call(owner: Owning, store: HarborageSessionStore, key: SessionKey, choice: Choice): FuzzedCall {
    const kind = choice.below(10)
    if (kind < 4) return this.#append(owner, store, key, choice)
    if (kind < 6) {
      const expected = this.#of(owner).get(nameOf(key))?.entries.slice() ?? null
      return { name: 'load', call: () => store.load(key), expected }
    }
    if (kind < 7) return this.#delete(owner, store, key)
    return kind < 8 ? this.#subkeys(owner, store, key) : this.#sessions(owner, store, key)
  }

  #append(
    owner: Owning,
    store: HarborageSessionStore,
    key: SessionKey,
    choice: Choice,
  ): FuzzedCall {
    const name = nameOf(key)
    const held = this.#of(owner).get(name) ?? { key, entries: [] }
    // Other users have entries with the same uuid.
    const fresh = Array.from({ length: 1 + choice.below(3) }, (): SessionStoreEntry => {
      this.#appends += 1
      const uuid = choice.below(4) === 0 ? {} : { uuid: `u${held.entries.length}.${this.#appends}` }
      return {
        ...chooseClaim(choice),
        type: 'user',
        ...uuid,
        mark: markOf(owner),
        n: this.#appends,
      }
    })
    const repeated = choice.maybe(held.entries.filter(({ uuid }) => uuid !== undefined))
    const entries = [...fresh, ...(repeated === undefined ? [] : [repeated])]
    const kept = fresh.map((entry) => JSON.parse(JSON.stringify(entry)) as SessionStoreEntry)
    this.#of(owner).set(name, { key, entries: [...held.entries, ...kept] })
    const claimed = { ...chooseClaim(choice), ...key }
    return { name: 'append', call: () => store.append(claimed, entries), expected: undefined }
  }

  #delete(owner: Owning, store: HarborageSessionStore, key: SessionKey): FuzzedCall {
    const held = this.#of(owner)
    for (const [name, { key: each }] of held) {
      if (isSession(each, key) && (key.subpath === undefined || each.subpath === key.subpath)) {
        held.delete(name)
      }
    }
    return { name: 'delete', call: () => store.delete(key), expected: undefined }
  }

  #subkeys(owner: Owning, store: HarborageSessionStore, key: SessionKey): FuzzedCall {
    const subpaths = [...this.#of(owner).values()]
      .filter(({ key: each }) => isSession(each, key))
      .flatMap(({ key: { subpath } }) => subpath ?? [])
    const call = async () => (await store.listSubkeys(key)).toSorted()
    return { name: 'listSubkeys', call, expected: subpaths.toSorted() }
  }

  #sessions(owner: Owning, store: HarborageSessionStore, { projectKey }: SessionKey): FuzzedCall {
    const sessions = [...this.#of(owner).values()]
      .filter(({ key }) => key.projectKey === projectKey && key.subpath === undefined)
      .map(({ key: { sessionId } }) => sessionId)
    const call = async () => {
      const [listed, summaries] = await Promise.all([
        store.listSessions(projectKey),
        store.listSessionSummaries(projectKey),
      ])
      return [listed, summaries].map((found) => found.map(({ sessionId }) => sessionId).toSorted())
    }
    return { name: 'list', call, expected: [sessions.toSorted(), sessions.toSorted()] }
  }

  #key(owner: Owning, choice: Choice): SessionKey {
    const held = choice.maybe([...this.#of(owner).values()])
    if (held !== undefined && choice.below(3) > 0) return { ...chooseClaim(choice), ...held.key }
    const main = { projectKey: choice.of(PROJECTS), sessionId: choice.of(SESSIONS) }
    const key = choice.below(2) === 0 ? main : { ...main, subpath: choice.of(SUBPATHS) }
    return { ...chooseClaim(choice), ...key }
  }

  #of(owner: Owning): Transcripts {
    const held = this.#held.get(owner)
    if (held === undefined) throw new Error('the owner is one of these')
    return held
  }
}

function nameOf({ projectKey, sessionId, subpath }: SessionKey): string {
  return JSON.stringify([projectKey, sessionId, subpath])
}

function isSession(left: SessionKey, right: SessionKey): boolean {
  return left.projectKey === right.projectKey && left.sessionId === right.sessionId
}
