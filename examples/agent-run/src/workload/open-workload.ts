import type { WorkSource } from '../slots.ts'
import { folderToolbox, folderWorkload } from './folder-workload.ts'
import { transcriptToolbox, transcriptWorkload } from './transcript-workload.ts'
import type { Toolbox, Workload } from './workload.ts'

/**
 * Finds the work in a folder or a transcript.
 *
 * @param limit The most files or conversations.
 */
export function openWorkload(source: WorkSource, limit: number | undefined): Promise<Workload> {
  return source.type === 'folder'
    ? folderWorkload(source.path, limit)
    : transcriptWorkload(source.path, limit)
}

/** What a worker or a verifier needs: the plan is in the database, the files are where they were. */
export async function openToolbox(source: WorkSource): Promise<Toolbox> {
  return source.type === 'folder' ? folderToolbox(source.path) : transcriptToolbox(source.path)
}
