import { Agent, tool, type Model } from '@openai/agents'
import { z } from 'zod'

/** The amount of the example, in euros. */
export const AMOUNT = 49.9

/** Charges a customer for a call of the tool, and resolves to what the model is told. */
export type Charge = (callId: string, amount: number) => Promise<string>

/** Returns an agent whose only tool charges a customer, once a person has approved it. */
export function clerk(model: Model, charge: Charge): Agent {
  return new Agent({
    name: 'Clerk',
    model,
    tools: [
      tool({
        name: 'charge',
        description: 'Charges the customer.',
        parameters: z.object({ amount: z.number() }),
        needsApproval: true,
        execute: ({ amount }, _context, details) => charge(details?.toolCall?.callId ?? '', amount),
      }),
    ],
  })
}
