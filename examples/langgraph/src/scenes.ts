import { setTimeout } from 'node:timers/promises'
import { green, red, yellow } from '@harborage/example-kit/style'
import { type BaseMessage, ToolMessage } from '@langchain/core/messages'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import type { AgentMessage, Job } from './messages.ts'
import { PACE_MS, pause } from './pace.ts'
import { print, printDeed, printTitle } from './report/print.ts'
import { type AgentProcess, runAgent } from './run-agent.ts'
import type { Tally } from './tally.ts'

/** How often the database is asked whether an answer is saved, in milliseconds. */
const ASK_MS = 20

/** What the scenes have in common. */
export interface Stage {
  readonly dsn: string
  readonly threadId: string
  readonly saver: BaseCheckpointSaver
  readonly tally: Tally
  readonly interrupt: AbortSignal
}

/** The agent begins, and is killed while it has the answer of one tool and waits for another. */
export async function beginAndBeKilled(stage: Stage, text: string): Promise<void> {
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
  const agent = start(stage, 'begins', { type: 'begin', text }, (message) => {
    if (message.type === 'carrier is asked') asked()
  })
  printDeed('customer', text)
  await Promise.race([isAsked.then(() => isSaved(stage, 'ask_warehouse')), agent.ended])
  await pause()
  agent.kill()
  await ending(stage, agent)
  print(`  ${red('✗ kill -9')}        while it waits for the carrier`)
}

/** Another process goes on, up to the question. */
export async function goOn(stage: Stage): Promise<void> {
  const agent = start(stage, 'goes on where the thread is', { type: 'go on' }, (message) => {
    if (message.type === 'carrier is asked') agent.answer('it broke on the way')
  })
  await ending(stage, agent)
}

/** One more process gets the answer to the question. */
export async function answer(stage: Stage, given: string): Promise<void> {
  const title = `gets the answer of a human: ${given}`
  await ending(stage, start(stage, title, { type: 'answer', answer: given }))
}

/** The last process goes back to the question, which gets another answer. */
export async function answerAgain(stage: Stage, given: string): Promise<void> {
  const title = `goes back to the question, and the human says ${given}`
  await ending(stage, start(stage, title, { type: 'answer again', answer: given }))
}

interface StartedAgent extends AgentProcess {
  readonly failure: () => string | undefined
}

function start(
  { dsn, threadId, tally, interrupt }: Stage,
  title: string,
  task: Job['task'],
  hear: (message: AgentMessage) => void = () => {},
): StartedAgent {
  let failure: string | undefined
  const agent = runAgent({ dsn, threadId, task, paceMs: PACE_MS }, interrupt, (message) => {
    tally.note(message)
    printMessage(message)
    if (message.type === 'failed') failure = message.message
    hear(message)
  })
  printTitle(`Process ${agent.pid}`, title)
  return { ...agent, failure: () => failure }
}

/** Resolves once the process has ended. */
async function ending({ interrupt }: Stage, { ended, failure }: StartedAgent): Promise<void> {
  await ended
  interrupt.throwIfAborted()
  const message = failure()
  if (message !== undefined) throw new Error(`A process of the agent failed: ${message}`)
}

/** Resolves once another process would find the answer of a tool in the database. */
async function isSaved({ saver, threadId, interrupt }: Stage, tool: string): Promise<void> {
  while (!interrupt.aborted) {
    const tuple = await saver.getTuple({ configurable: { thread_id: threadId } })
    const messages = (tuple?.pendingWrites ?? []).flatMap(([, , value]) => messagesIn(value))
    if (messages.some((message) => message.name === tool)) return
    await setTimeout(ASK_MS)
  }
}

function messagesIn(value: unknown): readonly BaseMessage[] {
  return Array.isArray(value) ? value.filter((each) => ToolMessage.isInstance(each)) : []
}

function printMessage(message: AgentMessage): void {
  switch (message.type) {
    case 'model':
      return printDeed('model', message.text)
    case 'tool ends':
      return printDeed(message.tool, message.answer, green('✓'))
    case 'question':
      printDeed('question', message.text, yellow('?'))
      return printDeed('', 'The process ends: while a human thinks, nothing runs.')
    case 'tool begins':
    case 'carrier is asked':
    case 'done':
    case 'failed':
  }
}
