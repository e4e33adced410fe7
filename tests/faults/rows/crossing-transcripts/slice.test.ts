import { checkSlice } from '../../harness/check-slice.ts'
import { crossingTranscripts } from './row.ts'

checkSlice(crossingTranscripts)
