import type { Item } from '@langchain/langgraph-checkpoint'

import type { SearchOrder } from './candidates.ts'
import type { CheckedOperation } from './check-operation.ts'
import type { ItemCall } from './item-call.ts'
import { kindOf } from './item-kind.ts'
import { listNamespaces } from './list-namespaces.ts'
import { loadItems } from './load-items.ts'
import { searchItems } from './search-items.ts'

/** What an operation is answered with; `undefined` for a put or a delete. */
export type Answer = Item | null | readonly Item[] | readonly (readonly string[])[] | undefined

/**
 * Resolves to the answers of the operations of a batch. All gets are one read, and the other
 * operations read beside it. Puts and deletes are only left out: none is made here.
 */
export async function readAnswers(
  call: ItemCall,
  operations: readonly CheckedOperation[],
  order: SearchOrder,
): Promise<readonly Answer[]> {
  const gets = operations.filter((operation) => operation.type === 'get')
  const places = new Map(gets.map((operation, index) => [operation, index]))
  const items = loadItems(
    call,
    gets.map(({ name }) => ({ kind: kindOf(name) })),
  )
  return Promise.all(
    operations.map(async (operation): Promise<Answer> => {
      switch (operation.type) {
        case 'get':
          return (await items)[places.get(operation) ?? -1] ?? null
        case 'search':
          return searchItems(call, operation, order)
        case 'listNamespaces':
          return listNamespaces(call, operation)
        case 'change':
          return undefined
      }
    }),
  )
}
