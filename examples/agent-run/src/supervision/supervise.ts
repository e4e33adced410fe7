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
  /** Every step that a worker said was saved. */
  readonly acknowledged: readonly StepPlace[]
  readonly end: 'finished' | 'interrupted' | 'gave up'
}

export interface SupervisionOptions {
  readonly job: Job
  readonly kills: readonly PlannedKill[]
  /** A worker that says nothing for so long is taken to hang. */
  readonly hangMs: number
  readonly interrupt: AbortSignal
  readonly onStep?: (saved: StepPlace) => void
  /** Called when it is known where a worker went on after the one before it had ended early. */
  readonly onRestart?: (before: WorkerLife, after: WorkerLife) => void
  /** The program of the worker, for tests. */
  readonly worker?: string
}

/** Runs one worker after the other until the work is done, killing them as planned. */
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
    // A worker that is gone before it hears of the job is seen to be gone below.
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

  /** If so, waits for the very moment. */
  #isTimeToKill(message: WorkerMessage): boolean {
    const [next] = this.#kills
    if (message.type !== 'started' && message.type !== 'saved') return false
    if (next?.upon !== message.type || message.place.ordinal < next.ordinal) return false
    this.#kills.shift()
    waitPrecisely(next.delay * this.#pace.stepMs)
    return true
  }
}

/** What a killed process said last is still on its way when it exits, so the channel has to end too. */
async function isGone(child: ChildProcess): Promise<void> {
  await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
}

/** Timers count whole milliseconds, in which a step is long over. */
function waitPrecisely(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}
