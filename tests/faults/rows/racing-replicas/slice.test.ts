import { checkSlice } from '../../harness/check-slice.ts'
import { racingReplicas } from './row.ts'

checkSlice(racingReplicas)
