import { deltaChannelHistoryTests, validate } from '@langchain/langgraph-checkpoint-validation'
import * as vitest from 'vitest'

import { HarborageSaver } from '@harborage/langgraph'
import type { Place } from './engines.ts'
import { newOwner } from './new-owner.ts'

/** Registers every case that LangGraph has for a saver. Each saver has a user of its own. */
export function validateSaver(place: Place): void {
  const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } = vitest
  // The cases are written for a runner with global functions.
  Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it })
  const initializer = {
    checkpointerName: '@harborage/langgraph',
    createCheckpointer: () => new HarborageSaver({ state: place.state(), owner: newOwner() }),
  }
  validate(initializer)
  deltaChannelHistoryTests(initializer)
}
