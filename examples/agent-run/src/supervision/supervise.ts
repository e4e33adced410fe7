import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { StepPlace } from '../agent/run-agent.ts'
import type { PlannedKill } from './kill-schedule.ts'
import { workerMessage, type Job, type WorkerMessage } from './messages.ts'
import { Pace } from './pace.ts'
import { newLife, type WorkerLife } from './worker-life.ts'

const WORKER = join(import.meta.dirname, 'worker.ts')
const MOST_FRUITLESS_WORKERS = 3

export interface Supervision {
  readonly lives: readonly WorkerLife[]
  /** All steps that workers reported as saved. */
  readonly acknowledged: readonly StepPlace[]
  readonly end: 'finished' | 'interrupted' | 'gave up'
}

export interface SupervisionOptions {
  readonly job: Job
  readonly kills: readonly PlannedKill[]
  /** The time without a message after which a worker is considered hanging. */
  readonly hangMs: number
  readonly interrupt: AbortSignal
  readonly onStep?: (saved: StepPlace) => void
  /** Called once it is known where a worker continued after an earlier one was killed. */
  readonly onRestart?: (before: WorkerLife, after: WorkerLife) => void
  /** The program of the worker, for tests. */
  readonly worker?: string
}

/** Runs one worker after the other until the work is done, and kills them as scheduled. */
export function supervise(options: SupervisionOptions): Promise<Supervision> {
  return new Supervisor(options).run()
}

class Supervisor {
  readonly #options: SupervisionOptions
  readonly #kills: PlannedKill[]
  readonly #lives: WorkerLife[] = []
  readonly #acknowledged: StepPlace[] = []
  readonly #pace = new Pace()
  readonly #began = performance.now()

  constructor(options: SupervisionOptions) {
    this.#options = options
    this.#kills = [...options.kills]
  }

  async run(): Promise<Supervision> {
    let fruitless = 0
    for (;;) {
      const life = await this.#runWorker()
      if (life.end === 'finished' || life.end === 'interrupted') return this.#end(life.end)
      fruitless = life.saved === undefined && life.end !== 'killed' ? fruitless + 1 : 0
      if (fruitless === MOST_FRUITLESS_WORKERS) return this.#end('gave up')
    }
  }

  #end(end: Supervision['end']): Supervision {
    return { lives: this.#lives, acknowledged: this.#acknowledged, end }
  }

  async #runWorker(): Promise<WorkerLife> {
    const { worker = WORKER, job, hangMs, interrupt } = this.#options
    const before = this.#lives.at(-1)
    const life = newLife(before)
    this.#lives.push(life)

    const child = fork(worker, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const kill = (end: WorkerLife['end']): void => {
      life.end ??= end
      child.kill('SIGKILL')
    }
    const hangs = setTimeout(() => kill('hung'), hangMs)
    const stop = (): void => kill('interrupted')
    interrupt.addEventListener('abort', stop)
    child.on('message', (raw) => {
      hangs.refresh()
      const message = workerMessage.parse(raw)
      this.#note(message, life)
      if (life.end === undefined && this.#isTimeToKill(message)) kill('killed')
    })
    if (interrupt.aborted) stop()
    // If the worker exits before it receives the job, that is handled below.
    else child.send(job, () => {})

    await isGone(child)
    clearTimeout(hangs)
    interrupt.removeEventListener('abort', stop)
    life.end ??= 'failed'
    life.endedAt = performance.now() - this.#began
    if (life.end === 'finished' && life.first === undefined) this.#tellRestart(life)
    return life
  }

  #note(message: WorkerMessage, life: WorkerLife): void {
    switch (message.type) {
      case 'resumed':
        life.recollection ??= message.recollection
        return
      case 'started':
        this.#pace.start()
        life.started = message.place
        if (life.first !== undefined) return
        life.first = message.place
        return this.#tellRestart(life)
      case 'saved':
        this.#pace.stop()
        life.saved = message.place
        life.lastAcknowledged = message.place
        this.#acknowledged.push(message.place)
        return this.#options.onStep?.(message.place)
      case 'finished':
        life.end ??= 'finished'
        return
      case 'failed':
        life.end ??= 'failed'
        life.message = message.message
    }
  }

  #tellRestart(life: WorkerLife): void {
    const before = this.#lives.at(-2)
    if (before !== undefined) this.#options.onRestart?.(before, life)
  }

  /** Returns whether to kill the worker now. If so, first waits for the exact moment. */
  #isTimeToKill(message: WorkerMessage): boolean {
    const [next] = this.#kills
    if (message.type !== 'started' && message.type !== 'saved') return false
    if (next?.upon !== message.type || message.place.ordinal < next.ordinal) return false
    this.#kills.shift()
    waitPrecisely(next.delay * this.#pace.stepMs)
    return true
  }
}

/**
 * Resolves once the process has exited and its channel has closed: its last messages may arrive
 * after the exit.
 */
async function isGone(child: ChildProcess): Promise<void> {
  await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
}

/** Waits in a loop: timers count whole milliseconds, which is longer than a step. */
function waitPrecisely(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}
