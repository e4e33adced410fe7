/**
 * Run by a test, which kills it in the middle of its puts: writes one line for each artifact once
 * its put has resolved. A second argument breaks it on purpose, to see that the test notices.
 */
import { flushCompileCache } from 'node:module'

import { openArtifactStore } from '@harborage/artifacts'

import { writeLine } from '@harborage/test-kit/write-line'
import { breakLink } from './break-link.ts'
import { contentOf } from './content-of.ts'
import { killedScope, type Acknowledged } from './killed-scope.ts'
import { loadDriver } from './load-driver.ts'

const WRITERS = 4

const [, , dsn = '', name = '', fault = 'none'] = process.argv
if (fault === 'writes in place') breakLink()
await loadDriver(dsn)
// The next process begins faster; this one will be killed before it would do this by itself.
flushCompileCache()
const artifacts = await openArtifactStore({ dsn })
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => putEndlessly(writer)))

async function putEndlessly(writer: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const seed = `${name} ${writer} ${count}`
    const putting = artifacts.putBytes(killedScope, contentOf(seed), { filename: seed })
    if (fault === 'acknowledges early') {
      acknowledge({ seed, id: '' })
      await putting
    } else {
      acknowledge({ seed, id: (await putting).id })
    }
  }
}

/** Writes a line at once: a buffered line would be lost with the process. */
function acknowledge(line: Acknowledged): void {
  writeLine(1, JSON.stringify(line))
}
