/**
 * The process that reads the database back. It took no part in the run and shares no memory with
 * it.
 */
import { openStores } from '../open-stores.ts'
import { hearSupervisor, tellSupervisor } from '../supervision/supervisor-channel.ts'
import { openToolbox } from '../workload/open-workload.ts'
import { verification, type VerifierMessage } from './account.ts'
import { takeAccount } from './take-account.ts'

process.on('disconnect', () => process.exit())

await tellSupervisor(await answer())
process.disconnect?.()

async function answer(): Promise<VerifierMessage> {
  try {
    const { dsn, home, source, acknowledged } = verification.parse(await hearSupervisor())
    const toolbox = await openToolbox(source)
    await using stores = await openStores(dsn)
    const account = await takeAccount(stores, { home, acknowledged }, toolbox)
    return { type: 'account', account }
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
