import { interrupt } from '@langchain/langgraph'

/** What the tools need of the world outside: here, of the process that started this one. */
export interface World {
  /** Notes that a tool begins, and takes its time. */
  begins(tool: string): Promise<void>
  /** Notes that a tool has an answer. */
  ends(tool: string, answer: string): Promise<void>
  /** Resolves once the carrier answers. */
  carrier(): Promise<string>
}

/** The tools of the agent. */
export interface Tools {
  run(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>
}

/** Returns the tools of the agent, which tell the world what they do. */
export function deskTools(world: World): Tools {
  return {
    async run(tool, args) {
      await world.begins(tool)
      const answer = await answerOf(tool, args, world)
      await world.ends(tool, answer)
      return answer
    },
  }
}

async function answerOf(
  tool: string,
  args: Readonly<Record<string, unknown>>,
  world: World,
): Promise<string> {
  switch (tool) {
    case 'read_order':
      return 'a desk lamp for 49.90, delivered on Monday'
    case 'ask_warehouse':
      return 'three desk lamps are in stock'
    case 'ask_carrier':
      return world.carrier()
    case 'refund':
      return refund(Number(args['amount']).toFixed(2))
    default:
      return `there is no tool ${tool}`
  }
}

/** Asks a human before money is spent. Until there is an answer, nothing has to run. */
function refund(amount: string): string {
  const answer: unknown = interrupt(`Refund ${amount}?`)
  return answer === 'yes' ? `${amount} is refunded` : 'declined'
}
