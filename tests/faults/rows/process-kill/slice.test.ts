import { checkSlice } from '../../harness/check-slice.ts'
import { processKill } from './row.ts'

checkSlice(processKill, { brokenBuilds: 1 })
