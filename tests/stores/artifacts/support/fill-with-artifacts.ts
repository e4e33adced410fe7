import type { ArtifactStore } from '@harborage/artifacts'

/** Where the artifacts of a long list are: in ten tasks of one session. */
export const listedSession = { tenantId: 't', userId: 'u', sessionId: 's' } as const

const TASKS = 10
const AT_ONCE = 64

/** Puts `count` small artifacts, each with a source of about 200 bytes. */
export async function fillWithArtifacts(artifacts: ArtifactStore, count: number): Promise<void> {
  const putNext = async (lane: number): Promise<void> => {
    for (let index = lane; index < count; index += AT_ONCE) {
      await artifacts.putText(
        { ...listedSession, taskId: `task ${index % TASKS}` },
        `text ${index}`,
        {
          filename: `file ${index}`,
          source: { tool: 'search', query: `${'a query of some length '.repeat(8)}${index}` },
        },
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => putNext(lane)))
}
