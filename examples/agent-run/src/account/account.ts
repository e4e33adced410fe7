import { z } from 'zod'
import { job, stepPlace } from '../supervision/messages.ts'

/** The request to the verifier. */
export const verification = job.extend({ acknowledged: z.array(stepPlace) })
export type Verification = z.output<typeof verification>

const count = z.int().min(0)

/**
 * Everything that the report says about the database, as found by a process that took no part in
 * the run.
 */
export const account = z.object({
  checks: z.array(z.object({ claim: z.string(), faults: z.array(z.string()).readonly() })),
  kinds: z.array(z.object({ kind: z.string(), slots: count, bytes: count })),
  conversations: z.object({ summarized: count, verbatim: count, tokens: count }),
  totals: z.object({
    sessions: count,
    tasks: count,
    steps: count,
    bytes: count,
    tokens: count,
    microUsd: count,
    /** The sessions on which more than one worker process worked. */
    sharedSessions: count,
  }),
  /** The bytes that are kept as artifacts, and those that the steps would keep without sharing. */
  artifacts: z.object({ stored: count, storedBytes: count, steps: count, stepBytes: count }),
  actions: z.array(z.object({ action: z.string(), times: count, finding: z.string().optional() })),
})
export type Account = z.output<typeof account>

export const verifierMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('account'), account }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type VerifierMessage = z.output<typeof verifierMessage>
