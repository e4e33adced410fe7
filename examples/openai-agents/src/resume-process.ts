/**
 * The process that is killed. Started by the example with a DSN, the URL of the payment service and
 * the text of the run state.
 */
import { resumeRun } from './resume-run.ts'
import { openStores } from './stores.ts'

const [, , dsn = '', url = '', runState = ''] = process.argv
await using stores = await openStores(dsn)
await resumeRun(stores, { url, runState })
