import { checkSlice } from '../../harness/check-slice.ts'
import { staleRetries } from './row.ts'

checkSlice(staleRetries, { brokenBuilds: 1 })
