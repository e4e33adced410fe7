/**
 * `pnpm docs:api`: writes the API reference, docs/api, from the comments of what the packages export,
 * and fails if a comment is missing or wrong.
 */
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { faultsOfComments } from './check-comments.ts'
import { publishedEntries } from './entries.ts'
import { writePages } from './pages.ts'
import { readEntries } from './read-entries.ts'

const read = await readEntries(repositoryRoot, publishedEntries(repositoryRoot))
await writePages(read, join(repositoryRoot, 'docs/api'))
const faults = faultsOfComments(read)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
