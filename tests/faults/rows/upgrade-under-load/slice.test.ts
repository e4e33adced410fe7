import { checkSlice } from '../../harness/check-slice.ts'
import { upgradeUnderLoad } from './row.ts'

checkSlice(upgradeUnderLoad)
