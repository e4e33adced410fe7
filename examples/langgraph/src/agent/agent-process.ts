/** A process of the agent: does one job that its parent sends, and ends. */
import { setTimeout } from 'node:timers/promises'
import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages'
import type { RunnableConfig } from '@langchain/core/runnables'
import { Command } from '@langchain/langgraph'
import { type AgentMessage, carrierAnswer, type Job, job } from '../messages.ts'
import { type AgentGraph, agentGraph } from './graph.ts'
import { openSaver } from './open-saver.ts'
import { questionOf } from './question-of.ts'
import { deskTools, type World } from './tools.ts'

process.once('message', (message) => {
  void run(job.parse(message))
})

async function run({ dsn, threadId, task, paceMs }: Job): Promise<void> {
  try {
    await using opened = new AsyncDisposableStack()
    const saver = await openSaver(dsn)
    opened.defer(() => saver.end())
    const graph = agentGraph(saver, deskTools(worldAt(paceMs)))
    const config = { configurable: { thread_id: threadId } }
    await follow(graph, task, config)
    const question = questionOf(await graph.getState(config))
    await tell(question === undefined ? { type: 'done' } : { type: 'question', text: question })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await tell({ type: 'failed', message })
  }
  process.disconnect()
}

/** Does the task, and tells what the model says. */
async function follow(graph: AgentGraph, task: Job['task'], config: ThreadConfig): Promise<void> {
  switch (task.type) {
    case 'begin':
      return step(graph, { messages: [new HumanMessage(task.text)] }, config)
    case 'go on':
      return step(graph, null, config)
    case 'answer':
      return step(graph, resumeWith(task.answer), config)
    case 'answer again':
      // Without an input, a checkpoint of the past is the beginning of a fork: the question is asked
      // again there.
      await step(graph, null, await questionConfig(graph, config))
      return step(graph, resumeWith(task.answer), config)
  }
}

type Input = Parameters<AgentGraph['stream']>[0]

async function step(graph: AgentGraph, input: Input, config: RunnableConfig): Promise<void> {
  // With 'sync', a step is durable before the next one begins.
  const options = { ...config, streamMode: 'updates', durability: 'sync' } as const
  for await (const { model } of await graph.stream(input, options)) {
    for (const message of model?.messages ?? []) await tellOfModel(message)
  }
}

interface ThreadConfig {
  readonly configurable: { readonly thread_id: string }
}

/** Resolves to the newest checkpoint of the past that waits for an answer. */
async function questionConfig(graph: AgentGraph, config: ThreadConfig): Promise<RunnableConfig> {
  for await (const state of graph.getStateHistory(config)) {
    if (questionOf(state) !== undefined) return state.config
  }
  throw new Error('The thread has no question.')
}

function resumeWith(answer: string): Input {
  return new Command<string, Record<string, never>, 'model' | 'tool'>({ resume: answer })
}

async function tellOfModel(message: BaseMessage): Promise<void> {
  if (AIMessage.isInstance(message)) await tell({ type: 'model', text: message.text })
}

/** Returns the world as the process that started this one plays it. */
function worldAt(paceMs: number): World {
  return {
    async begins(tool) {
      await tell({ type: 'tool begins', tool })
      await setTimeout(paceMs)
    },
    ends: (tool, answer) => tell({ type: 'tool ends', tool, answer }),
    async carrier() {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      process.once('message', resolve)
      await tell({ type: 'carrier is asked' })
      return carrierAnswer.parse(await promise).carrier
    },
  }
}

/** Sends a message to the process that started this one. Resolves when it was sent. */
async function tell(message: AgentMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  process.send?.(message, undefined, undefined, () => resolve())
  await promise
}
