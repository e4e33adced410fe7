import { isHarborageError } from '@harborage/core'
import { BadInput } from '@harborage/example-kit/bad-input'
import { type DatabasePlace, databasePlace } from '@harborage/example-kit/database-place'
import { ExitCode } from '@harborage/example-kit/exit-code'
import { green, red } from '@harborage/example-kit/style'
import type { HarborageSaver } from '@harborage/langgraph'
import { openSaver } from './agent/open-saver.ts'
import { checksOf } from './checks.ts'
import type { Command } from './command-line.ts'
import { closingLines, headingLines, stoppedLines } from './report/frame.ts'
import { print, printTitle } from './report/print.ts'
import { endsOf, threadLines } from './report/thread.ts'
import { answer, answerAgain, beginAndBeKilled, goOn } from './scenes.ts'
import { Tally } from './tally.ts'
import { threadTree } from './thread-tree.ts'
import { threadsOf, unusedThread } from './threads.ts'

/** Runs the whole demo and gives the exit code. */
export async function runDemo(command: Command, interrupt: AbortSignal): Promise<ExitCode> {
  const place = await databasePlace(command.dsn, 'harborage-langgraph-')
  const saver = await opened(place)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => saver.end())
  if (command.history) return await showThreads(saver, place)
  try {
    return await runOn(saver, place, interrupt)
  } catch (error) {
    if (!interrupt.aborted) throw error
    print(...stoppedLines(place))
    return ExitCode.interrupted
  }
}

async function runOn(
  saver: HarborageSaver,
  place: DatabasePlace,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  const { threadId, order } = await unusedThread(saver)
  const tally = new Tally()
  const stage = { dsn: place.dsn, threadId, saver, tally, interrupt }
  print(...headingLines(place, threadId))
  await beginAndBeKilled(stage, `My lamp, order ${order}, arrived broken.`)
  await goOn(stage)
  await answer(stage, 'yes')
  await answerAgain(stage, 'no')

  const thread = await threadTree(saver, threadId)
  if (thread !== undefined) printThread(threadId, threadLines(thread), endsOf(thread))
  const checks = checksOf(tally, thread)
  printTitle('The proof', 'by what the tools counted, and what the thread holds')
  print(...checks.map(({ says, holds }) => `  ${holds ? green('✓') : red('✗')} ${says}`))
  if (checks.some(({ holds }) => !holds)) return ExitCode.failed
  print(...closingLines(place))
  return ExitCode.ok
}

async function showThreads(saver: HarborageSaver, place: DatabasePlace): Promise<ExitCode> {
  let count = 0
  for await (const { threadId } of threadsOf(saver)) {
    const thread = await threadTree(saver, threadId)
    if (thread !== undefined) printThread(threadId, threadLines(thread), endsOf(thread))
    count += 1
  }
  if (count === 0)
    throw new BadInput(`The database holds no thread of this example: ${place.shown}`)
  print('')
  return ExitCode.ok
}

function printThread(threadId: string, lines: readonly string[], ends: number): void {
  printTitle(`The thread ${threadId}`, ends === 1 ? '' : `with ${ends} endings`)
  print(...lines)
}

async function opened(place: DatabasePlace): Promise<HarborageSaver> {
  try {
    return await openSaver(place.dsn)
  } catch (cause) {
    if (!isHarborageError(cause)) throw cause
    throw new BadInput(`The database cannot be used: ${cause.message}.`, { cause })
  }
}
