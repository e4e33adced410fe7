import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The write lock of a database, held by another process. */
export interface WriteLock extends AsyncDisposable {
  release(): Promise<void>
}

/**
 * Takes the write lock of a database.
 *
 * @param kind With `exclusive`, a database that is not in WAL mode cannot be read either.
 */
export async function holdWriteLock(
  path: string,
  kind: 'immediate' | 'exclusive' = 'immediate',
): Promise<WriteLock> {
  const script = join(import.meta.dirname, 'write-lock-holder.ts')
  const holder = spawn(process.execPath, [script, path, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(holder, 'exit')
  const failed = exited.then(([code]: unknown[]) => {
    throw new Error(`the holder of the lock exited with ${String(code)}`)
  })
  await Promise.race([once(holder.stdout, 'data'), failed])
  failed.catch(() => {})
  const release = async (): Promise<void> => {
    holder.stdin.end()
    await exited
  }
  return { release, [Symbol.asyncDispose]: release }
}
