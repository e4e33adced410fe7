import { checkSlice } from '../../harness/check-slice.ts'
import { hostileInput } from './row.ts'

checkSlice(hostileInput)
