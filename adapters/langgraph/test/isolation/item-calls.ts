import { AsyncLocalStorage } from 'node:async_hooks'

import type { StateStore } from '@harborage/state'
import type { Item, Operation } from '@langchain/langgraph-checkpoint'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import type { Choice } from '@harborage/test-kit/choice'
import type { CallSource, FuzzedCall } from '@harborage/test-kit/isolation/fuzzed-call'
import { chooseClaim, markOf, owners, type Owning } from '@harborage/test-kit/isolation/owners'

// Names that look like those of owners, or like what kinds are made of.
const LABELS = ['acme', 'ACME', 'ann', 'ann2', '/', '*', '\ud800', '__proto__'] as const
const LONG_LABEL = 'ann'.repeat(200)
const KEYS = ['k', '', '../ann2/!k', '\0', 'k'.repeat(1200)] as const

/** An operation, and what it has to answer. */
interface Expected {
  readonly operation: Operation
  readonly answer: unknown
  /** Notes what it stores, once the operations of its batch have been answered. */
  readonly apply: () => void
}

type Held = Pick<Item, 'namespace' | 'key' | 'value'>

/** Calls stores of LangGraph for owners with similar names, beside a list of what each has put. */
export class ItemCalls implements CallSource {
  readonly owners: readonly Owning[] = owners
  readonly #request = new AsyncLocalStorage<Owning>()
  readonly #stores: ReadonlyMap<Owning, readonly HarborageStore[]>
  readonly #held = new Map(owners.map((owner) => [owner, new Map<string, Held>()]))
  #puts = 0

  constructor(state: StateStore) {
    const missing = { tenantId: '', userId: '' }
    const shared = new HarborageStore({
      state,
      owner: () => this.#request.getStore() ?? missing,
    })
    const other = new HarborageStore({ state, owner: { tenantId: 'other', userId: 'other' } })
    this.#stores = new Map(
      owners.map((owner) => [
        owner,
        [new HarborageStore({ state, owner }), other.forOwner(owner), shared],
      ]),
    )
  }

  nextCall(owner: Owning, choice: Choice): FuzzedCall {
    const store = choice.of(this.#stores.get(owner) ?? [])
    const size = choice.below(6) === 0 ? choice.below(6) : 1
    const all = Array.from({ length: size }, () => this.#operation(owner, choice))
    for (const { apply } of all) apply()
    const operations = all.map(({ operation }) => operation)
    return {
      name: operations.map((operation) => Object.keys(operation).join()).join(' and '),
      call: () =>
        this.#request.run(owner, async () => {
          const answers: readonly unknown[] = await store.batch(operations)
          return answers.map(shown)
        }),
      expected: all.map(({ answer }) => answer),
    }
  }

  #operation(owner: Owning, choice: Choice): Expected {
    const kind = choice.below(10)
    if (kind < 3) return this.#put(owner, choice)
    if (kind < 5) return this.#get(owner, choice)
    if (kind < 6) return this.#delete(owner, choice)
    return kind < 8 ? this.#search(owner, choice) : this.#list(owner, choice)
  }

  #put(owner: Owning, choice: Choice): Expected {
    const { namespace, key } = this.#name(choice)
    this.#puts += 1
    const value = { mark: markOf(owner), put: this.#puts, ...chooseClaim(choice) }
    const operation = { ...chooseClaim(choice), namespace, key, value }
    const held = { namespace, key, value: JSON.parse(JSON.stringify(value)) as Item['value'] }
    const apply = () => void this.#of(owner).set(nameOf(held), held)
    return { operation, answer: undefined, apply }
  }

  #get(owner: Owning, choice: Choice): Expected {
    const name = this.#name(choice)
    const answer = this.#of(owner).get(nameOf(name)) ?? null
    return { operation: { ...chooseClaim(choice), ...name }, answer, apply: () => {} }
  }

  #delete(owner: Owning, choice: Choice): Expected {
    const name = this.#name(choice)
    return {
      operation: { ...chooseClaim(choice), ...name, value: null },
      answer: undefined,
      apply: () => void this.#of(owner).delete(nameOf(name)),
    }
  }

  #search(owner: Owning, choice: Choice): Expected {
    const { namespace } = this.#name(choice)
    const namespacePrefix = namespace.slice(0, choice.below(3))
    const asked = choice.maybe([markOf(owner), markOf(choice.of(owners)), undefined])
    const found = [...this.#of(owner).values()].filter(
      (held) =>
        isBelow(namespacePrefix, held.namespace) &&
        (asked === undefined || held.value['mark'] === asked),
    )
    const filter = asked === undefined ? {} : { filter: { mark: asked } }
    const operation = { ...chooseClaim(choice), namespacePrefix, limit: Infinity, ...filter }
    return { operation, answer: found.toSorted(byName), apply: () => {} }
  }

  #list(owner: Owning, choice: Choice): Expected {
    const maxDepth = 1 + choice.below(3)
    const cut = [...this.#of(owner).values()].map(({ namespace }) => namespace.slice(0, maxDepth))
    const distinct = new Map(cut.map((labels) => [JSON.stringify(labels), labels]))
    const operation = { matchConditions: [], maxDepth, limit: Infinity, offset: 0 }
    return {
      operation: { ...chooseClaim(choice), ...operation },
      answer: [...distinct.values()].toSorted(byText),
      apply: () => {},
    }
  }

  #of(owner: Owning): Map<string, Held> {
    return this.#held.get(owner) ?? new Map<string, Held>()
  }

  /** Chooses the name of an item, which other owners mostly have as well. */
  #name(choice: Choice): { readonly namespace: string[]; readonly key: string } {
    const first = choice.below(12) === 0 ? LONG_LABEL : choice.of(LABELS)
    const rest = choice.below(4) === 0 ? [choice.of(['ann', 'lgs', '%'])] : []
    return { namespace: [first, ...rest], key: choice.of(KEYS) }
  }
}

function nameOf({ namespace, key }: Pick<Held, 'namespace' | 'key'>): string {
  return JSON.stringify([namespace, key])
}

function byName(left: Held, right: Held): number {
  return nameOf(left) < nameOf(right) ? -1 : 1
}

function byText(left: readonly string[], right: readonly string[]): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1
}

function isBelow(prefix: readonly string[], namespace: readonly string[]): boolean {
  return prefix.every((label, index) => label === namespace[index])
}

/** Returns what is compared of an answer. */
function shown(answer: unknown): unknown {
  if (!Array.isArray(answer)) return isItem(answer) ? heldOf(answer) : answer
  const results: readonly unknown[] = answer
  if (results.every(isItem)) return results.map(heldOf).toSorted(byName)
  return (results as readonly string[][]).toSorted(byText)
}

function isItem(answer: unknown): answer is Item {
  return typeof answer === 'object' && answer !== null && 'key' in answer
}

function heldOf({ namespace, key, value }: Item): Held {
  return { namespace, key, value }
}
