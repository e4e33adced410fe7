import { MAX_SOURCE_BYTES } from '@harborage/artifacts'
import { byBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'

/** So many that their sources are more than a page holds. */
const COUNT = 140

/** A6: a page ends early once the sources of its refs hold many bytes, and the walk goes on behind it. */
export function largePages({ it }: ArtifactCases): void {
  it('A6 a list of refs that no page can hold gives each once', async ({ store }) => {
    const scope = freshScope()
    const puts = Array.from({ length: COUNT }, (_, index) => {
      const note = 'x'.repeat(index % 10 === 0 ? 10 : MAX_SOURCE_BYTES - 100)
      return store.putText(scope, `${index}`, { source: { index, note } })
    })
    const refs = (await Promise.all(puts)).toSorted((left, right) => byBytes(left.id, right.id))
    for (const pageSize of [100, 1_000]) {
      assertSameRefs(await collect(store.list(scope, { pageSize })), refs)
    }
  })
}
