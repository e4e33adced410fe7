import { checkSlice } from '../../harness/check-slice.ts'
import { longReaders } from './row.ts'

checkSlice(longReaders)
