/**
 * Run by the row of faults about crossed owners, in a process of its own: makes calls of several
 * owners at a time, and writes a line with what it found.
 */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { openStateStore } from '@harborage/state'
import { fuzzCalls, type FuzzedCalls } from '@harborage/test-kit/isolation/fuzz-calls'
import { ItemCalls } from './item-calls.ts'
import { ThreadCalls } from './thread-calls.ts'

const config = JSON.parse(process.argv[2] ?? '') as FuzzedCalls & { readonly dsn: string }
await using state = await openStateStore({ dsn: config.dsn, kindIndex: false })
await fuzzCalls(config, [new ItemCalls(state), new ThreadCalls(state)])
