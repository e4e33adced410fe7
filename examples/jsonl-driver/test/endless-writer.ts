/** Saves until it is killed and prints the event id of each save that was acknowledged. */
import '../src/index.ts'
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'

const store = await openStateStore({ dsn: `jsonl:${process.argv[2]}` })
for (let number = 0; ; number += 1) {
  const eventId = newEventId()
  await store.save({
    eventId,
    identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1' },
    kind: `task.${number}`,
    bytes: new Uint8Array(100),
  })
  process.stdout.write(`${eventId}\n`)
}
