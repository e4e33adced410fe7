/**
 * The driver that keeps artifacts as files of a folder. Importing it registers it for `fs:`.
 *
 * @module
 */
import { registerArtifactDriver } from '@harborage/artifacts'
import { openFsArtifactDriver } from './open-fs-artifact-driver.ts'

export { diagnose } from './diagnose.ts'
export type { FsConfig } from './fs-config.ts'
export { openFsArtifactDriver } from './open-fs-artifact-driver.ts'

registerArtifactDriver('fs', {
  schemes: ['fs'],
  open: (dsn, migrate) => openFsArtifactDriver({ dsn, migrate }),
})
