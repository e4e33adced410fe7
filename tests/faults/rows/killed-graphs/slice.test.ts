import { checkSlice } from '../../harness/check-slice.ts'
import { killedGraphs } from './row.ts'

checkSlice(killedGraphs)
