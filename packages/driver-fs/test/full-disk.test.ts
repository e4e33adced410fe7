import { describe, expect, test } from 'vitest'

import type { FullDiskAnswer } from './support/fill-disk.ts'
import type { WaitForRoomAnswer } from './support/wait-for-room.ts'
import { runScript } from './support/run-script.ts'
import { fileSizeLimit, smallDisk } from './support/small-disk.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describe.each([
  ['a full disk', smallDisk()],
  ['a limit to the size of files', fileSizeLimit],
])('%s', (_, disk) => {
  test('is a typed error, harms nothing, leaves nothing, and passes when there is room', async () => {
    const root = await temporaryFolder()
    const answer = await runScript<FullDiskAnswer>('fill-disk.ts', [root], disk.under(root))
    expect(answer.failure?.code).toBe('store_unavailable')
    expect(answer.failure?.message).toContain(disk.message)
    expect(answer.putBefore).toBeGreaterThan(3)
    expect(answer.readable).toBe(answer.putBefore)
    expect(answer.listed).toBe(answer.putBefore)
    expect(answer.temporary).toEqual([])
    if (disk.isFull) expect(answer.newScope?.code).toBe('store_unavailable')
    expect(answer.temporaryAfterNewScope).toEqual([])
    expect(answer.readableAgain).toBe(true)
  })
})

test.each([smallDisk()].filter(({ isFull }) => isFull))(
  'a put waits for room on a full disk',
  async (disk) => {
    const root = await temporaryFolder()
    const answer = await runScript<WaitForRoomAnswer>('wait-for-room.ts', [root], disk.under(root))
    expect(answer).toEqual({ wasFull: true, isThere: true })
  },
)
