import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'

describe('the artifact store in memory', () => {
  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ ...limits }),
      durable: false,
      histories: { runs: 200 },
    },
  )
})
