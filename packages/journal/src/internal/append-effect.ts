import type { PartResult } from '@harborage/core/kit'
import type { AppendResult } from '../journal-record.ts'

/** Returns what an append does in a step. */
export function effectOf({ entries }: AppendResult): PartResult<unknown>['effect'] {
  if (entries.some(({ outcome }) => outcome === 'appended')) return 'writes'
  return entries.some(({ outcome }) => outcome === 'superseded') ? 'superseded' : 'nothing'
}
