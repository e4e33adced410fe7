// Run by killed-writer.test.ts, which kills it. Each save is told to the test only once it is acknowledged.
import { writeSync } from 'node:fs'

import '@harborage/driver-sqlite'
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'

const [, , path = '', firstStep = ''] = process.argv
const state = await openStateStore({ dsn: `sqlite:${path}` })
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

for (let step = Number(firstStep); ; step += 1) {
  const bytes = Buffer.from(String(step))
  await state.save({ eventId: newEventId(), identity, kind: `slot.${step % 7}`, bytes })
  writeSync(1, `save ${step}\n`)
  await state.commit({
    save: ['left', 'right'].map((side) => ({
      eventId: newEventId(),
      identity,
      kind: `pair.${side}`,
      bytes,
    })),
  })
  writeSync(1, `commit ${step}\n`)
}
