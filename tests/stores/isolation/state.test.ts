import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { checkIsolation } from './support/check-isolation.ts'
import { openFuzzedState } from './support/state-fuzz.ts'

const PICKED = 'the driver picks the rows of its own slots from those that were read'
const ENDS = 'it only ends a batch of a deletion, which has conditions of its own'

checkIsolation({
  name: 'the slots',
  open: openFuzzedState,
  redundant: {
    'state_inspect.tenant_id': PICKED,
    'state_inspect.user_id': PICKED,
    'state_inspect.session_id': PICKED,
    'state_inspect.run_id': PICKED,
    'state_user_find_end.tenant_id': ENDS,
    'state_user_find_end.user_id': ENDS,
    'state_tenant_find_end.tenant_id': ENDS,
  },
})
