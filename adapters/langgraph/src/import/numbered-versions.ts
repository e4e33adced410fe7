import type { ChannelVersions, Checkpoint } from '@langchain/langgraph-checkpoint'
import { ImportError } from './import-error.ts'

/**
 * Returns a checkpoint whose versions are numbers, as those of HarborageSaver are.
 *
 * Versions are compared with each other, and a number with a text as two texts: `'10'` is less than
 * `'9.'`. So a thread must not have both. A saver that makes texts begins them with a number that
 * grows. What follows it distinguishes branches, which HarborageSaver does by their values.
 *
 * @throws `import_unreadable` if a version does not begin with a number.
 */
export function withNumberedVersions(threadId: string, checkpoint: Checkpoint): Checkpoint {
  const { channel_versions, versions_seen } = checkpoint
  return {
    ...checkpoint,
    channel_versions: numbered(threadId, channel_versions),
    versions_seen: Object.fromEntries(
      Object.entries(versions_seen).map(([node, versions]) => [node, numbered(threadId, versions)]),
    ),
  }
}

function numbered(threadId: string, versions: ChannelVersions): Record<string, number> {
  return Object.fromEntries(
    Object.entries(versions).map(([channel, version]) => [channel, numberOf(threadId, version)]),
  )
}

function numberOf(threadId: string, version: string | number): number {
  const number = typeof version === 'number' ? version : Number(/^\d+/.exec(version)?.[0])
  if (Number.isFinite(number)) return number
  throw new ImportError(
    'import_unreadable',
    'a version of a channel does not begin with a number: the thread cannot be compared with what HarborageSaver adds to it',
    { threadId },
  )
}
