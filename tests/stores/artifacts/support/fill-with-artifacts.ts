import type { ArtifactStore } from '@harborage/artifacts'

/** Where the artifacts of a long list are: in ten tasks of one session. */
export const listedSession = { tenantId: 't', userId: 'u', sessionId: 's' } as const

const TASKS = 10
const AT_ONCE = 64
const WORDS = 'a query of some length '

/**
 * Puts `count` small artifacts.
 *
 * @param sourceBytes About how many bytes the source of each has.
 */
export async function fillWithArtifacts(
  artifacts: ArtifactStore,
  count: number,
  sourceBytes = 200,
): Promise<void> {
  const words = WORDS.repeat(Math.floor(sourceBytes / WORDS.length))
  const putNext = async (lane: number): Promise<void> => {
    for (let index = lane; index < count; index += AT_ONCE) {
      await artifacts.putText(
        { ...listedSession, taskId: `task ${index % TASKS}` },
        `text ${index}`,
        {
          filename: `file ${index}`,
          source: { tool: 'search', query: `${words}${index}` },
        },
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => putNext(lane)))
}
