import type { Selection } from '../arguments/identity-options.ts'
import { CommandFailure, wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import { askOnTerminal } from '../terminal-question.ts'

/**
 * Asks whether to erase, unless `--yes` has the name of the tenant. Of a tenant or a user the name
 * has to be typed.
 *
 * @throws CommandFailure if the answer is another one, or there is no terminal to ask on.
 */
export async function confirmErasure(
  { options, streams, signal }: CommandRun,
  { tenantId, sessionId }: Selection,
): Promise<void> {
  const yes = options.privateText('yes')
  if (yes === tenantId) return
  if (yes !== undefined) {
    throw wrongUsage('--yes is not the name of the tenant: nothing was removed')
  }
  if (streams.stdin.isTTY !== true) {
    throw wrongUsage('there is no terminal to ask on: pass --yes with the name of the tenant')
  }
  const isWide = sessionId === ''
  const question = isWide
    ? `Type the name of the tenant, ${printable(tenantId)}, to remove it: `
    : 'Remove it? Type yes: '
  const answer = await askOnTerminal(streams, question, signal)
  if (answer === undefined) {
    throw new CommandFailure('failed', 'there was no answer: nothing was removed')
  }
  if (answer.trim() === (isWide ? tenantId.trim() : 'yes')) return
  throw new CommandFailure('failed', 'the answer was another one: nothing was removed')
}
