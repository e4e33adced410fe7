import { MAX_SOURCE_BYTES } from '@harborage/artifacts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'

/** Enough refs that their sources do not fit on one page. */
const COUNT = 140

/** Registers the cases of A6: a page ends early once its sources are large; the walk continues. */
export function largePages({ it }: ArtifactCases): void {
  it('A6 a list yields each ref once when the refs do not fit on one page', async ({ store }) => {
    const scope = freshScope()
    const puts = Array.from({ length: COUNT }, (_, index) => {
      const note = 'x'.repeat(index % 10 === 0 ? 10 : MAX_SOURCE_BYTES - 100)
      return store.putText(scope, `${index}`, { source: { index, note } })
    })
    const refs = (await Promise.all(puts)).toSorted((left, right) =>
      compareBytes(left.id, right.id),
    )
    for (const pageSize of [100, 1_000]) {
      assertSameRefs(await collect(store.list(scope, { pageSize })), refs)
    }
  })
}
