import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { checkIsolation } from './support/check-isolation.ts'
import { openFuzzedMemory } from './support/memory-fuzz.ts'

const byLineage = 'an id counts only with the lineage of its conversation, which no other has'
const byHeader = 'the expected header has the lineage of its conversation, which no other has'
const byWholeOwner = 'what is found is deleted by all parts of the owner'
const byDigest = 'the digests of words are of one tenant and user'
const byId = 'the id of a row is random, and was found by all parts of the owner'

checkIsolation({
  name: 'the conversations',
  open: openFuzzedMemory,
  redundant: {
    'memory_append.tenant_id': byLineage,
    'memory_append.user_id': byLineage,
    'memory_append.session_id': byLineage,
    'memory_append.run_id': byLineage,
    'memory_replace_header.tenant_id': byHeader,
    'memory_replace_header.user_id': byHeader,
    'memory_replace_header.session_id': byHeader,
    'memory_replace_header.run_id': byHeader,
    'memory_session_find.tenant_id': byWholeOwner,
    'memory_session_find.user_id': byWholeOwner,
    'memory_session_find.session_id': byWholeOwner,
    'memory_user_find.tenant_id': byWholeOwner,
    'memory_user_find.user_id': byWholeOwner,
    'memory_tenant_find.tenant_id': byWholeOwner,
    'memory_passages_run_search.tenant_id': byDigest,
    'memory_passages_run_search.user_id': byDigest,
    'memory_passages_session_search.tenant_id': byDigest,
    'memory_passages_session_search.user_id': byDigest,
    'memory_passages_user_search.tenant_id': byDigest,
    'memory_passages_user_search.user_id': byDigest,
    'memory_passages_read.tenant_id': byId,
    'memory_passages_read.user_id': byId,
    'memory_passages_read.session_id': byId,
    'memory_passages_read.run_id': byId,
    'memory_passages_drop.tenant_id': byId,
    'memory_passages_drop.user_id': byId,
    'memory_passages_drop.session_id': byId,
    'memory_passages_drop.run_id': byId,
  },
})
