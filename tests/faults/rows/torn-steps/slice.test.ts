import { checkSlice } from '../../harness/check-slice.ts'
import { tornSteps } from './row.ts'

checkSlice(tornSteps)
