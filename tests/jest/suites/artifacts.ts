/** The suite of the artifact store under Jest, in memory. */
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from '@jest/globals'

describe('in memory', () => {
  artifactsConformance(
    { describe, it },
    { open: (limits) => openArtifactStore(limits), durable: false, histories: { runs: 10 } },
  )
})
