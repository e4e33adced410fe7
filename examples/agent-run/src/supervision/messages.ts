import { checkEventId } from '@harborage/core/kit'
import { z } from 'zod'
import { recollection } from '../memory/recall.ts'
import { workSource } from '../slots.ts'

const identity = z.object({ tenantId: z.string(), userId: z.string(), sessionId: z.string() })

export const stepPlace = z.object({
  ordinal: z.int(),
  session: identity,
  step: z.object({
    eventId: z.string().transform((text) => checkEventId('eventId', text)),
    action: z.string(),
    target: z.string(),
  }),
})

/**
 * The job of a process. It is sent as a message and not as an argument: a DSN may contain a
 * password.
 */
export const job = z.object({ dsn: z.string(), home: identity, source: workSource })
export type Job = z.output<typeof job>

/** A message of a worker to its supervisor. */
export const workerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resumed'), recollection }),
  z.object({ type: z.literal('started'), place: stepPlace }),
  z.object({ type: z.literal('saved'), place: stepPlace }),
  z.object({ type: z.literal('finished') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type WorkerMessage = z.output<typeof workerMessage>
