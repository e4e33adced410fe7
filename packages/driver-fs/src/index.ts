import { registerArtifactDriver } from '@harborage/artifacts'
import { openFsArtifactDriver } from './open-fs-artifact-driver.ts'

export { openFsArtifactDriver, type FsConfig } from './open-fs-artifact-driver.ts'

registerArtifactDriver('fs', {
  schemes: ['fs'],
  open: (dsn) => openFsArtifactDriver({ dsn }),
})
