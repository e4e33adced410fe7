// Run by row.ts: saves into slots of which each belongs to one of many callers.
import { openArtifactStore } from '@harborage/artifacts'
import { newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'

import { serve, workerConfig } from '../../harness/serve.ts'
import {
  ACTIVE_PREFIX,
  CALLERS,
  identity,
  PAYLOAD_BYTES,
  STILL,
  STILL_PREFIX,
  stillName,
  type WriterMethods,
} from './long-reading.ts'

const { dsn } = workerConfig<{ dsn: string }>()
const database = await openSqlite({ dsn })
const state = await openStateStore({ database })
const artifacts = await openArtifactStore({ database })

serve({
  async prepare() {
    for (let index = 0; index < STILL; index += 1) {
      const name = stillName(index)
      await save(`${STILL_PREFIX}${name}`, 0)
      await artifacts.putText(identity, name, { filename: name })
    }
  },
  async save({ from, until }) {
    let next = from
    const saveNext = async (): Promise<void> => {
      while (next < until) {
        const number = next
        next += 1
        await save(`${ACTIVE_PREFIX}${number % CALLERS}`, number)
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, saveNext))
  },
} satisfies WriterMethods)

async function save(kind: string, number: number): Promise<void> {
  const bytes = new Uint8Array(PAYLOAD_BYTES)
  new DataView(bytes.buffer).setUint32(0, number)
  await state.save({ eventId: newEventId(), identity, kind, bytes })
}
