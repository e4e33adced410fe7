import { checkSlice } from '../../harness/check-slice.ts'
import { crossingOwners } from './row.ts'

checkSlice(crossingOwners, { brokenBuilds: 1 })
