import { describe, expect, test } from 'vitest'

import type { FullDiskAnswer } from './support/fill-disk.ts'
import type { WaitForRoomAnswer } from './support/wait-for-room.ts'
import { runScript } from './support/run-script.ts'
import { fileSizeLimit, tinyFileSystem, type SmallDisk } from '@harborage/test-kit/small-disk'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

interface Disk {
  readonly under: (folder: string) => SmallDisk
  readonly message: string
}

const mebibyteFiles: Disk = {
  under: () => fileSizeLimit(1024),
  message: 'allows no file of this size',
}
const under = tinyFileSystem(2)
/** Empty where this user may not mount any: then the limit above has to do. */
const fullDisks: Disk[] = under === undefined ? [] : [{ under, message: 'the disk is full' }]

describe.each([
  ['a full disk', fullDisks[0] ?? mebibyteFiles],
  ['a limit to the size of files', mebibyteFiles],
])('%s', (_, disk) => {
  test('is a typed error, harms nothing, leaves nothing, and passes once there is space', async () => {
    const root = await temporaryFolder()
    const answer = await runScript<FullDiskAnswer>('fill-disk.ts', [root], disk.under(root))
    expect(answer.failure?.code).toBe('store_unavailable')
    expect(answer.failure?.message).toContain(disk.message)
    expect(answer.putBefore).toBeGreaterThan(3)
    expect(answer.readable).toBe(answer.putBefore)
    expect(answer.listed).toBe(answer.putBefore)
    expect(answer.temporary).toEqual([])
    if (fullDisks.includes(disk)) expect(answer.newScope?.code).toBe('store_unavailable')
    expect(answer.temporaryAfterNewScope).toEqual([])
    expect(answer.readableAgain).toBe(true)
  })
})

test.each(fullDisks)('a put waits for room on a full disk', async (disk) => {
  const root = await temporaryFolder()
  const answer = await runScript<WaitForRoomAnswer>('wait-for-room.ts', [root], disk.under(root))
  expect(answer).toEqual({ wasFull: true, isThere: true })
})
