/**
 * What stores of LangGraph may have and this one does not have yet: each is refused, so that no
 * caller believes in it. This is where an index and expiry would begin.
 */
import { fieldOf } from './field-of.ts'
import type { Refusal } from './refusal.ts'

/**
 * Rejects a query, since there is no index that ranks items. An empty one asks for nothing.
 *
 * An index of texts or vectors would take the query instead, and change two files besides.
 * `searchItems` would get ranked names where it now gets those of `candidatesByDate`. `changesOf`
 * would add what the index keeps of an item to the commit that saves or deletes it.
 */
export function refuseQuery(search: object, refuse: Refusal): void {
  const query = fieldOf(search, 'query')
  if (query === undefined || query === null || query === '') return
  throw refuse(
    'has a query, and this store has no index to rank items by: leave it out, or use a filter',
    { code: 'search_index_required' },
  )
}

/**
 * Rejects a time to live, which BaseStore of LangGraph.js does not have: only PostgresStore takes
 * one, among the `options` of a put.
 *
 * Once BaseStore has it, the put would pass it to `recordOf` as the `expiresAt` of the record, and
 * a read that refreshes it would touch the slots of its items in `readAnswers`.
 */
export function refuseTtl(put: object, refuse: Refusal): void {
  const options = fieldOf(put, 'options')
  const places = typeof options === 'object' && options !== null ? [put, options] : [put]
  if (places.every((place) => fieldOf(place, 'ttl') === undefined)) return
  throw refuse(
    'has a ttl, which BaseStore of LangGraph.js does not have: leave it out, and delete items yourself',
    { code: 'ttl_not_supported' },
  )
}
