import { checkSlice } from '../../harness/check-slice.ts'
import { racingSteps } from './row.ts'

checkSlice(racingSteps)
