import { checkSlice } from '../../harness/check-slice.ts'
import { killedAppenders } from './row.ts'

checkSlice(killedAppenders)
