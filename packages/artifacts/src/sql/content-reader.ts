import type { ArtifactContent } from '../artifact-driver.ts'
import type { KeyColumns } from './rows.ts'

/** Reads the bytes of an artifact, in the way that suits the engine. */
export interface ContentReader {
  read(key: KeyColumns): Promise<ArtifactContent | undefined>
}
