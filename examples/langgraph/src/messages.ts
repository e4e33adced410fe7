import { z } from 'zod'

/**
 * The job of a process of the agent. It is sent as a message and not as an argument: a DSN may
 * contain a password.
 */
export const job = z.object({
  dsn: z.string(),
  threadId: z.string(),
  /** How long a step takes, so that it can be watched, in milliseconds. */
  paceMs: z.int(),
  task: z.discriminatedUnion('type', [
    /** Begins the thread with what a customer wrote. */
    z.object({ type: z.literal('begin'), text: z.string() }),
    /** Goes on where the thread is. */
    z.object({ type: z.literal('go on') }),
    /** Answers the question of the thread. */
    z.object({ type: z.literal('answer'), answer: z.string() }),
    /** Goes back to the question, and answers it once more. */
    z.object({ type: z.literal('answer again'), answer: z.string() }),
  ]),
})
export type Job = z.output<typeof job>

/** What a process of the agent says. */
export const agentMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('model'), text: z.string() }),
  z.object({ type: z.literal('tool begins'), tool: z.string() }),
  z.object({ type: z.literal('tool ends'), tool: z.string(), answer: z.string() }),
  /** The carrier is to answer, with {@link carrierAnswer}. */
  z.object({ type: z.literal('carrier is asked') }),
  /** The agent has to wait for a human. */
  z.object({ type: z.literal('question'), text: z.string() }),
  z.object({ type: z.literal('done') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type AgentMessage = z.output<typeof agentMessage>

/** What the carrier answers to a process of the agent. */
export const carrierAnswer = z.object({ carrier: z.string() })
