import {
  InMemoryStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type SearchOperation,
} from '@langchain/langgraph-checkpoint'

/** The InMemoryStore of LangGraph, asked in a form in which its answers can be compared. */
export class InMemoryTwin {
  readonly #store = new InMemoryStore()

  async apply(operations: readonly Operation[]): Promise<void> {
    await this.#store.batch([...operations])
  }

  async get({ namespace, key }: GetOperation): Promise<unknown> {
    return structuredClone(await this.#store.get(namespace, key))
  }

  /** Resolves to all that a search finds, on any page. */
  async search(operation: SearchOperation): Promise<readonly Item[]> {
    const { namespacePrefix, ...options } = operation
    const found: Item[] = await this.#store.search(namespacePrefix, {
      ...options,
      limit: Infinity,
      offset: 0,
    })
    return structuredClone(found.map(withoutScore))
  }

  /**
   * Resolves to all namespaces that a list finds, on any page. InMemoryStore also lists those whose
   * items were all deleted. So another one is asked, which never had them.
   */
  async listNamespaces(operation: ListNamespacesOperation): Promise<readonly string[][]> {
    const items = await this.search({ namespacePrefix: [] })
    const other = new InMemoryStore()
    await other.batch(items.map(({ namespace, key, value }) => ({ namespace, key, value })))
    const [found] = await other.batch<[ListNamespacesOperation]>([
      { ...operation, limit: Infinity, offset: 0 },
    ])
    return found
  }
}

/** Returns an item of a search without its score, which is `undefined`. */
function withoutScore(item: Item): Item {
  const { namespace, key, value, createdAt, updatedAt } = item
  return { namespace, key, value, createdAt, updatedAt }
}
