import { newEventId } from '@harborage/core'
import type { ConversationTurn } from '@harborage/memory'

/** Returns a turn with a value in every field, which a store accepts. */
export function goodTurn(): Required<ConversationTurn> {
  return {
    turnId: newEventId(),
    timestamp: new Date(0),
    userMessage: 'hello',
    assistantResponse: 'hi',
    trajectoryDigest: {
      toolsInvoked: ['search'],
      observationsSummary: 'found',
      reasoningSummary: 'looked',
      artifactsRefs: ['default_0123456789ab'],
    },
    artifactsShown: { shown: ['text', 1, { deep: null }] },
    artifactsHiddenRefs: ['hidden'],
  }
}
