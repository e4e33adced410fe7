import type { WorkSource } from '../slots.ts'
import { folderToolbox, folderWorkload } from './folder-workload.ts'
import { transcriptToolbox, transcriptWorkload } from './transcript-workload.ts'
import type { Toolbox, Workload } from './workload.ts'

/**
 * Returns the work in a folder or a transcript.
 *
 * @param limit The largest number of files or conversations.
 */
export function openWorkload(source: WorkSource, limit: number | undefined): Promise<Workload> {
  return source.type === 'folder'
    ? folderWorkload(source.path, limit)
    : transcriptWorkload(source.path, limit)
}

/** Returns the toolbox for a worker or a verifier, which read the plan from the database. */
export async function openToolbox(source: WorkSource): Promise<Toolbox> {
  return source.type === 'folder' ? folderToolbox(source.path) : transcriptToolbox(source.path)
}
