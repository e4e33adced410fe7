import { checkSlice } from '../../harness/check-slice.ts'
import { closing } from './row.ts'

checkSlice(closing)
