import type { PruneResult, Subtree } from '@harborage/core'
import {
  checkExpiredRule,
  checkName,
  checkPrefixOfRules,
  checkPrune,
  compareNames,
  KnownNames,
  MAX_KIND_BYTES,
  prune,
  pruneOptionNames,
  type CheckedPrune,
} from '@harborage/core/kit'
import type { JournalDriver, StreamKey, StreamsPage } from '../journal-driver.ts'
import type { StreamHead } from '../journal-record.ts'
import type { JournalPruneOptions } from '../prune-options.ts'
import { checkStreamPlace } from './check-dumped-record.ts'
import { streamId } from './stream-id.ts'

const names = new KnownNames('options', [...pruneOptionNames, 'prefix', 'expired'])

/** The checked arguments of a `prune` of streams. */
export interface CheckedJournalPrune extends CheckedPrune<StreamKey> {
  readonly prefix: string
  readonly expired: boolean
}

/** Checks the arguments of a `prune` of streams. */
export function checkJournalPrune(
  subtree: Subtree,
  options: JournalPruneOptions | undefined,
): CheckedJournalPrune {
  const ownerOf = ({ owner }: StreamKey) => owner
  const checked = checkPrune(subtree, options, { names, checkPlace: checkStreamPlace, ownerOf })
  const expired = checkExpiredRule(options?.expired, checked)
  const prefix = checkPrefixOfRules('prefix', checked, options?.prefix)
  return {
    ...checked,
    prefix: checkName('options.prefix', prefix, 'invalid_record', MAX_KIND_BYTES),
    expired,
  }
}

/** A stream as a `prune` examines it. */
interface PrunableStream extends StreamKey {
  readonly head: StreamHead
  readonly updatedAt: Date
  readonly isExpired: boolean
}

/** Removes the streams of a subtree that have expired or that the rules name. */
export function pruneStreams(
  driver: JournalDriver,
  { prefix, expired, ...checked }: CheckedJournalPrune,
): Promise<PruneResult> {
  const { level, tenantId, userId, sessionId, runId } = checked.subtree
  const within = { tenantId, userId, sessionId, runId }
  return prune<PrunableStream, StreamKey>(
    {
      examine: (after, limit) => pageOf(driver, { within, level, prefix }, after, limit),
      remove: async (streams) => {
        const removed = await Promise.all(
          streams.map((stream) => driver.delete(stream, stream.head)),
        )
        return removed.filter((each) => each).length
      },
      placeOf: ({ owner, stream }) => ({ owner, stream }),
      verdictOf: ({ isExpired }) => {
        if (!isExpired) return undefined
        return expired ? 'removed' : 'kept'
      },
      ownerOf: ({ owner }) => streamId({ owner, stream: '' }),
      ofOwner: ({ owner }, after, limit) =>
        pageOf(driver, { within: owner, level: 'run', prefix }, after, limit),
      compare: (left, right) => compareNames(left.stream, right.stream),
    },
    checked,
  )
}

async function pageOf(
  driver: JournalDriver,
  selected: Pick<StreamsPage, 'within' | 'level' | 'prefix'>,
  after: StreamKey | undefined,
  limit: number,
): Promise<readonly PrunableStream[]> {
  const found = await driver.streamsPage({
    ...selected,
    order: 'name',
    withExpired: true,
    after: after && { owner: after.owner, stream: after.stream, recentAt: 0 },
    limit,
  })
  return found.map(({ owner, stream, head, isExpired }) => ({
    owner: { ...owner, runId: owner.runId ?? '' },
    stream,
    head,
    updatedAt: head.updatedAt,
    isExpired,
  }))
}
