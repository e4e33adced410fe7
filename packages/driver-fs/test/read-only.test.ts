import { spawnSync } from 'node:child_process'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { runScript } from './support/run-script.ts'
import type { ReadOnlyAnswer } from './support/read-only.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** Runs a program that sees a folder mounted read-only. */
function mountedReadOnly(folder: string): string[] {
  const mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh', folder]
}

function canMount(): boolean {
  const [program = '', ...args] = mountedReadOnly('/mnt')
  return spawnSync(program, [...args, 'true']).status === 0
}

test('a folder without write permission can be opened and read, and diagnose reports it', async () => {
  const folder = await temporaryFolder()
  await chmod(folder, 0o777)
  expectReadOnly(await runScript<ReadOnlyAnswer>('read-only.ts', [folder, 'rights']), 'EACCES')
})

test.runIf(canMount())('so can a folder on a read-only mount', async () => {
  const folder = await temporaryFolder()
  await runScript<ReadOnlyAnswer>('read-only.ts', [folder, 'make'])
  await rm(join(folder, 'empty', 'temporary'), { recursive: true })
  const answer = await runScript<ReadOnlyAnswer>(
    'read-only.ts',
    [folder, 'mounted'],
    mountedReadOnly(folder),
  )
  expectReadOnly(answer, 'EROFS')
})

function expectReadOnly(answer: ReadOnlyAnswer, code: string): void {
  expect(answer.findings).toMatchObject([{ name: 'read_only', grade: 'fails' }])
  expect(answer.findings[0]?.message).toContain(code)
  expect(answer.read).toBe('kept')
  expect(answer.putting).toMatchObject({ code: 'store_unavailable', retryable: false })
  expect(answer.emptyFindings).toMatchObject([{ name: 'rights', grade: 'fails' }])
  expect(answer.openingEmpty).toMatchObject({
    code: 'store_unavailable',
    message: answer.emptyFindings[0]?.message,
  })
}
