import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import type { Answer, Call, StoreProcessConfig } from './store-process.ts'

const script = join(import.meta.dirname, 'store-process.ts')

/** A store in another process, which any unhandled error would end. */
export class RemoteStore implements AsyncDisposable {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async open(config: StoreProcessConfig): Promise<RemoteStore> {
    const child = fork(script, [JSON.stringify(config)])
    await nextMessage(child)
    return new RemoteStore(child)
  }

  /** Makes a call on every one of the kinds. */
  call(method: Call['method'], ...kinds: string[]): Promise<Answer> {
    const answered = nextMessage(this.#child)
    this.#child.send({ method, kinds })
    return answered
  }

  /**
   * Lets go of the process and gives its exit code; one that keeps a handle stays until it is
   * killed.
   */
  async end(): Promise<number | null> {
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), HANG_LIMIT_MS)
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
    clearTimeout(kill)
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
  }
}

async function nextMessage(child: ChildProcess): Promise<Answer> {
  const died = once(child, 'exit').then((): never => {
    throw new Error(`the process ended with code ${child.exitCode}`)
  })
  const [message] = (await Promise.race([once(child, 'message'), died])) as [Answer]
  return message
}
