import { checkSlice } from '../../harness/check-slice.ts'
import { poolAndNetwork } from './row.ts'

checkSlice(poolAndNetwork)
