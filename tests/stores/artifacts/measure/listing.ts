/**
 * Measures the walk of a long list: what it takes, and how much of it is in memory at once.
 *
 *     node tests/stores/artifacts/measure/listing.ts fs:/tmp/artifacts 100000
 *
 * The place must be empty; a server needs a database of its own.
 */
import { openArtifactStore } from '@harborage/artifacts'

import { fillWithArtifacts } from '../support/fill-with-artifacts.ts'
import { loadDriver } from '../support/load-driver.ts'
import { measureListing } from '../support/measure-listing.ts'

const [, , dsn = '', count = '100000'] = process.argv
await loadDriver(dsn)
const artifacts = await openArtifactStore({ dsn })
const started = performance.now()
await fillWithArtifacts(artifacts, Number(count))
await artifacts.close()
console.log(`filled in ${Math.round(performance.now() - started)} ms`)
console.log(await measureListing(dsn))
