/**
 * Run by the row of faults about crossed transcripts, in a process of its own: makes calls of
 * several users at a time, and writes a line with what it found.
 */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { openDatabase } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { fuzzCalls, type FuzzedCalls } from '@harborage/test-kit/isolation/fuzz-calls'
import { TranscriptCalls } from './transcript-calls.ts'

const config = JSON.parse(process.argv[2] ?? '') as FuzzedCalls & { readonly dsn: string }
await using stack = new AsyncDisposableStack()
const isInMemory = config.dsn === 'memory:'
const place = isInMemory
  ? {}
  : { database: stack.adopt(await openDatabase(config.dsn), (database) => database.close()) }
const journal = stack.use(await openJournalStore(place))
const state = stack.use(await openStateStore(place))
await fuzzCalls(config, [new TranscriptCalls({ journal, state })])
