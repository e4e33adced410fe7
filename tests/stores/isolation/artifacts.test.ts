import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { openFsArtifactDriver } from '@harborage/driver-fs'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

import { fuzzArtifactsOn, openFuzzedArtifacts } from './support/artifacts-fuzz.ts'
import { checkIsolation } from './support/check-isolation.ts'

const ENDS = 'it only ends a batch of a deletion, which has conditions of its own'

checkIsolation({
  name: 'the artifacts',
  open: openFuzzedArtifacts,
  others: {
    files: async () =>
      fuzzArtifactsOn(await openFsArtifactDriver({ dsn: await temporaryFolder() })),
  },
  redundant: {
    'artifacts_user_find_end.tenant_id': ENDS,
    'artifacts_user_find_end.user_id': ENDS,
    'artifacts_tenant_find_end.tenant_id': ENDS,
  },
})
