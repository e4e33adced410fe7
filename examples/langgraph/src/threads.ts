import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

const FIRST_ORDER = 4711

/** A thread of the example: it is about an order. */
export interface OrderThread {
  readonly threadId: string
  readonly order: number
}

/** Returns an async iterable over the threads that the database holds. */
export async function* threadsOf(saver: BaseCheckpointSaver): AsyncGenerator<OrderThread> {
  for (let order = FIRST_ORDER; ; order += 1) {
    const thread = threadOf(order)
    if (!(await isUsed(saver, thread))) return
    yield thread
  }
}

/** Resolves to the first thread that the database does not hold. */
export async function unusedThread(saver: BaseCheckpointSaver): Promise<OrderThread> {
  let unused = FIRST_ORDER
  for await (const { order } of threadsOf(saver)) unused = order + 1
  return threadOf(unused)
}

function threadOf(order: number): OrderThread {
  return { threadId: `order-${order}`, order }
}

async function isUsed(saver: BaseCheckpointSaver, { threadId }: OrderThread): Promise<boolean> {
  return (await saver.getTuple({ configurable: { thread_id: threadId } })) !== undefined
}
