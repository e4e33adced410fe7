import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import type { Image } from './dockerfile.ts'
import { cleanEnv, runCommand } from './run-command.ts'

/** What a container printed, and how it ended. */
export interface ContainerEnd {
  readonly output: string
  /** The exit status, or the signal that killed it. */
  readonly status: number | NodeJS.Signals
}

type Variables = Readonly<Record<string, string>>

/** A copy of an image's folder whose command runs with the process id 1, as in a container. */
export class Container {
  /** Its WORKDIR. */
  readonly folder: string
  readonly #image: Image
  readonly #volume: string
  readonly #env: NodeJS.ProcessEnv

  private constructor(image: Image, root: string, env: Variables) {
    this.#image = image
    this.folder = join(root, image.workdir)
    const [volume] = image.volumes
    if (volume === undefined) throw new Error('the image has no volume')
    this.#volume = join(root, volume)
    this.#env = { PATH: cleanEnv()['PATH'], ...image.env, ...env }
  }

  /** @param env As `docker run -e`. */
  static async create(image: Image, root: string, env: Variables = {}): Promise<Container> {
    await runCommand('/', 'cp', '-a', image.root, root)
    return new Container(image, root, env)
  }

  /** Puts a volume where the image has one. A new one gets what the image has there. */
  async mount(volume: string): Promise<void> {
    if (existsSync(volume)) {
      await rm(this.#volume, { recursive: true })
      await rename(volume, this.#volume)
    }
  }

  /** Takes the volume out, before this container is thrown away. */
  unmount(volume: string): Promise<void> {
    return rename(this.#volume, volume)
  }

  /** Starts a command, that of the image by default. */
  start(command: readonly string[] = this.#image.cmd): RunningContainer {
    const isolated = ['--user', '--map-current-user', '--pid', '--fork', '--kill-child']
    const child = spawn('unshare', [...isolated, ...command], {
      cwd: this.folder,
      env: this.#env,
      ...this.#image.user,
    })
    return new RunningContainer(child)
  }

  /** Makes the HEALTHCHECK of the image. */
  async isHealthy(): Promise<boolean> {
    return (await this.start(this.#image.healthcheck).ended).status === 0
  }

  async untilHealthy(running: RunningContainer): Promise<void> {
    while (!(await this.isHealthy())) {
      if (running.hasEnded) throw new Error(`the container ended: ${(await running.ended).output}`)
      // Each of these checks starts a process.
      await delay(250)
    }
  }
}

export class RunningContainer implements AsyncDisposable {
  readonly ended: Promise<ContainerEnd>
  readonly #child: ChildProcessWithoutNullStreams

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.ended = endOf(child)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Sends a signal to the process with the id 1, as `docker stop` and `docker kill` do. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    process.kill(Number(first.trim()), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<ContainerEnd> {
  const [printed, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { output: printed + errors, status: child.exitCode ?? child.signalCode ?? 0 }
}
