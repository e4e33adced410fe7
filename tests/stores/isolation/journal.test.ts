import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { checkIsolation } from './support/check-isolation.ts'
import { openFuzzedJournal } from './support/journal-fuzz.ts'

const byGeneration = 'a generation is that of one stream, which was found by all parts of its owner'

checkIsolation({
  name: 'the streams',
  open: openFuzzedJournal,
  redundant: {
    'journal_find.tenant_id': byGeneration,
    'journal_find_last.tenant_id': byGeneration,
    'journal_count.tenant_id': byGeneration,
    'journal_find_nth.tenant_id': byGeneration,
    'journal_find_nth_newest.tenant_id': byGeneration,
    'journal_find_remembered.tenant_id': byGeneration,
    'journal_remove_replacements.tenant_id': byGeneration,
    'journal_remember.tenant_id': byGeneration,
    'journal_remove.tenant_id': byGeneration,
    'journal_remove_all.tenant_id': byGeneration,
    'journal_update.tenant_id': byGeneration,
    'journal_update.user_id': byGeneration,
    'journal_update.session_id': byGeneration,
    'journal_update.run_id': byGeneration,
    'journal_orphans.tenant_id': 'what it finds is removed by its tenant and generation',
  },
})
