import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'

describe('the artifact store in memory', () => {
  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ ...limits }),
      durable: false,
      histories: { runs: measure({ quick: 50, full: 200 }) },
    },
  )
})
