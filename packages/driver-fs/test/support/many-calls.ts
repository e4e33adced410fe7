// Started by a test with a low limit of open files: makes many concurrent calls.
import { isHarborageError } from '@harborage/core'

import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { openArtifacts } from './open-artifacts.ts'

/** The outcomes of the calls: the number of failures by code, and the results. */
export interface ManyCallsAnswer {
  readonly failures: readonly string[]
  readonly read: number
  /** The lengths of the lists, each once. */
  readonly listed: readonly number[]
  readonly removed: number
  readonly left: number
}

const LISTS = measure({ quick: 5, full: 30 })

const [, , root = '', calls = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
const artifacts = await openArtifacts(root)
const failures = new Set<string>()

async function every<Result>(calls: readonly Promise<Result>[]): Promise<Result[]> {
  const results: Result[] = []
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') results.push(outcome.value)
    else failures.add(isHarborageError(outcome.reason) ? outcome.reason.code : 'another error')
  }
  return results
}

const texts = Array.from({ length: Number(calls) }, (_, index) => `text ${index}`)
const refs = await every(texts.map((text) => artifacts.putText(scope, text)))
const read = await every(refs.map(({ id }) => artifacts.getText(scope, id)))
const lists = await every(Array.from({ length: LISTS }, () => collect(artifacts.list(scope))))
const removed = await every(refs.map(({ id }) => artifacts.delete(scope, id)))
const answer: ManyCallsAnswer = {
  failures: [...failures],
  read: new Set(read).size,
  listed: [...new Set(lists.map((list) => list.length))],
  removed: removed.filter(Boolean).length,
  left: (await collect(artifacts.list(scope))).length,
}
console.log(JSON.stringify(answer))
