import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { verifierMessage, type Account, type Verification } from './account.ts'

const VERIFIER = join(import.meta.dirname, 'verifier.ts')
const LONGEST_MS = 300_000

/** Starts a new process that takes the account. */
export async function verifyInFreshProcess(question: Verification): Promise<Account> {
  const child = fork(VERIFIER, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  })
  const { promise: answer, resolve } = Promise.withResolvers<unknown>()
  child.on('message', resolve)
  child.on('disconnect', () => resolve({ type: 'failed', message: 'the verifier ended early' }))
  const exit = once(child, 'exit')
  child.send(question, () => {})
  const message = verifierMessage.parse(await answer)
  await exit
  if (message.type === 'failed') throw new Error(message.message)
  return message.account
}
