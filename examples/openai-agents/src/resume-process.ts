/**
 * The process that is killed. Started by the example with a DSN, the URL of the payment service and
 * the text of the run state.
 */
import { openAgentStores } from '@harborage/example-kit/agent-stores'
import { resumeRun } from './resume-run.ts'

const [, , dsn = '', url = '', runState = ''] = process.argv
await using stores = await openAgentStores(dsn)
await resumeRun(stores, { url, runState })
