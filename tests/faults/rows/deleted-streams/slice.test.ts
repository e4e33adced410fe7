import { checkSlice } from '../../harness/check-slice.ts'
import { deletedStreams } from './row.ts'

checkSlice(deletedStreams)
