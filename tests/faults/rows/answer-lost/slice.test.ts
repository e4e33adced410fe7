import { checkSlice } from '../../harness/check-slice.ts'
import { answerLost } from './row.ts'

checkSlice(answerLost)
