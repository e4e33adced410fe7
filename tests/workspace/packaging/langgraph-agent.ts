const body = `
async function main() {
  const [path = ''] = process.argv.slice(2)
  const owner = { tenantId: 'acme', userId: 'ann' }
  const checkpointer = HarborageSaver.fromConnString(path, { owner })
  const store = HarborageStore.fromConnString('sqlite:' + path, { owner })
  const other = new MemorySaver()

  const agent = new StateGraph(MessagesAnnotation)
    .addNode('ask', () => ({ messages: [new AIMessage('you said ' + String(interrupt('what?')))] }))
    .addEdge(START, 'ask')
  const thread = { configurable: { thread_id: 't1' } }
  const asked = agent.compile({ checkpointer: other })
  await asked.invoke({ messages: [new HumanMessage('hi')] }, thread)
  const { threads } = await importThreads({ from: saverThreads(other), to: checkpointer })

  const graph = agent.compile({ checkpointer, store })
  const { messages } = await graph.invoke(new Command({ resume: 'yes' }), thread)
  let states = 0
  for await (const _state of graph.getStateHistory(thread)) states += 1
  const [, answer] = (await graph.getState(thread)).values.messages
  await store.put(['notes'], 'last', { said: 'yes' })
  const note = await store.get(['notes'], 'last')
  await Promise.all([checkpointer.end(), store.end()])
  const texts = messages.map((message) => message.text)
  console.log(JSON.stringify([threads, texts, AIMessage.isInstance(answer), states, note?.value]))
}
void main()
`

const names = {
  '@langchain/core/messages': 'AIMessage, HumanMessage',
  '@langchain/langgraph': 'Command, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph',
  '@harborage/langgraph': 'HarborageSaver, HarborageStore, importThreads, saverThreads',
}

/**
 * A program of someone who uses LangGraph with its checkpointer and its store on Harborage. It
 * imports a thread that waits for an answer, goes on with it and reads its history. It takes the
 * path of an SQLite file.
 */
export const langgraphAgent: string = [
  `import '@harborage/driver-sqlite'`,
  ...Object.entries(names).map(([from, imported]) => `import { ${imported} } from '${from}'`),
  body,
].join('\n')

/** The same program as a CommonJS module. */
export const requiredAgent: string = [
  `require('@harborage/driver-sqlite')`,
  ...Object.entries(names).map(([from, imported]) => `const { ${imported} } = require('${from}')`),
  body,
].join('\n')

/** What the programs print. */
export const AGENT_PRINTS: readonly unknown[] = [
  1,
  ['hi', 'you said yes'],
  true,
  3,
  { said: 'yes' },
]
