import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The write lock of a database, held by another process. */
export interface WriteLock extends AsyncDisposable {
  release(): Promise<void>
}

export async function holdWriteLock(path: string): Promise<WriteLock> {
  const script = join(import.meta.dirname, 'write-lock-holder.ts')
  const holder = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] })
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
