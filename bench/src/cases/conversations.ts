import type { Place } from '../contenders/slot-store.ts'
import type { Said } from '../contenders/turn-log.ts'

/** The number of conversations per contender. Enough that no slice makes one much longer. */
export const CONVERSATIONS = 8

export const TURN: Said = {
  userMessage:
    'My flight HAT136 was moved to the evening. Can I still change it without a fee? '.repeat(2),
  assistantResponse:
    'It can be changed once, free of charge, until two hours before it leaves. '.repeat(4),
}

export function conversation(number: number): Place['identity'] {
  return { tenantId: 'acme', userId: 'ann', sessionId: `session-${number}`, runId: '' }
}

export function turns(count: number): readonly Said[] {
  return Array.from({ length: count }, (_, index) => ({
    ...TURN,
    userMessage: `${index}: ${TURN.userMessage}`,
  }))
}
