import { checkSlice } from '../../harness/check-slice.ts'
import { deletionsBesideWriters } from './row.ts'

checkSlice(deletionsBesideWriters)
