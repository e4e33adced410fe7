/**
 * Follows the stream that all lanes share until it is killed, and writes a line for each entry and
 * replacement that it saw.
 */
import { flushCompileCache } from 'node:module'
import type { StreamCursor } from '@harborage/journal'
import { writeLine } from '@harborage/test-kit/write-line'
import { keepTrying } from '../../harness/keep-trying.ts'
import { workerConfig } from '../../harness/serve.ts'
import { openJournalAt, session } from './append-lane.ts'

/** What a follower saw, from which another one goes on. */
export interface FollowedLine extends StreamCursor {
  /** Absent of a replacement. */
  readonly entryId?: string
}

const config = workerConfig<{
  readonly dsn: string
  readonly stream: string
  readonly after?: StreamCursor
  /** How often it begins again, after what it saw, since its server is away. */
  readonly attempts: number
}>()

const STANDARD_OUTPUT = 1

const journal = await keepTrying(config.attempts, () => openJournalAt(config.dsn))
flushCompileCache()
let { after } = config
await keepTrying(config.attempts, async () => {
  const from = after === undefined ? {} : { after }
  for await (const seen of journal.follow(session, config.stream, from)) {
    const { generation, position } = seen
    after = { generation, position }
    const line: FollowedLine = 'entryId' in seen ? { ...after, entryId: seen.entryId } : after
    writeLine(STANDARD_OUTPUT, JSON.stringify(line))
  }
})
