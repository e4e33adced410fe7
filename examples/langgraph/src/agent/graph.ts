import { AIMessage, type BaseMessage, ToolMessage } from '@langchain/core/messages'
import { Annotation, END, MessagesAnnotation, Send, START, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { RuleModel } from './model.ts'
import type { Tools } from './tools.ts'

/** What a task of the node `tool` gets: one call of a tool. */
const OneCall = Annotation.Root({ call: Annotation<ToolCall>() })

type ToolCall = NonNullable<AIMessage['tool_calls']>[number]

/**
 * Returns an agent: a model that calls tools until it has an answer. Calls of one turn are tasks
 * that run side by side. All of it is LangGraph; it is the checkpointer that keeps what was done.
 */
export function agentGraph(checkpointer: BaseCheckpointSaver, tools: Tools) {
  const model = new RuleModel()
  return new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode(
      'tool',
      async ({ call }: typeof OneCall.State) => ({
        messages: [
          new ToolMessage({
            tool_call_id: call.id ?? call.name,
            name: call.name,
            content: await tools.run(call.name, call.args),
          }),
        ],
      }),
      { input: OneCall },
    )
    .addEdge(START, 'model')
    .addConditionalEdges('model', ({ messages }) => nextTasks(messages), ['tool', END])
    .addEdge('tool', 'model')
    .compile({ checkpointer })
}

export type AgentGraph = ReturnType<typeof agentGraph>

function nextTasks(messages: readonly BaseMessage[]): Send[] | typeof END {
  const last = messages.at(-1)
  const calls = AIMessage.isInstance(last) ? (last.tool_calls ?? []) : []
  return calls.length === 0 ? END : calls.map((call) => new Send('tool', { call }))
}
