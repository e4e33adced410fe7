import { z } from 'zod'
import { job, stepPlace } from '../supervision/messages.ts'

/** What the verifier is asked. */
export const verification = job.extend({ acknowledged: z.array(stepPlace) })
export type Verification = z.output<typeof verification>

const count = z.int().min(0)

/** All that the report tells about the database, as a process found it that took no part in the run. */
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
    /** Sessions that more than one worker process had a part in. */
    sharedSessions: count,
  }),
  /** What is kept as artifacts, and what the steps that point to them would keep without sharing. */
  artifacts: z.object({ stored: count, storedBytes: count, steps: count, stepBytes: count }),
  actions: z.array(z.object({ action: z.string(), times: count, finding: z.string().optional() })),
})
export type Account = z.output<typeof account>

export const verifierMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('account'), account }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type VerifierMessage = z.output<typeof verifierMessage>
