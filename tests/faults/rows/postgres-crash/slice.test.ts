import { checkSlice } from '../../harness/check-slice.ts'
import { postgresCrash } from './row.ts'

checkSlice(postgresCrash)
