import type { BrokenBuild } from '../../harness/fault-row.ts'

const gate = 'packages/core/src/kit/call-gate.ts'

/** Enough for a place of each kind to come up. */
const ROUNDS = 4

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'does not wait for calls in flight',
    rounds: ROUNDS,
    edits: [{ file: gate, from: 'if (this.#inFlight === 0) return\n', to: 'return\n' }],
  },
  {
    name: 'goes on with calls after the close',
    rounds: ROUNDS,
    edits: [
      {
        file: gate,
        from: `if (this.#closing !== undefined) throw this.#closed()
      return check()`,
        to: 'return check()',
      },
    ],
  },
  {
    name: 'lets a call hang that the close finds in flight',
    rounds: ROUNDS,
    edits: [
      {
        file: gate,
        from: 'return await work(checked)',
        to: `const result = await work(checked)
      if (this.#closing !== undefined) await new Promise(() => {})
      return result`,
      },
    ],
  },
  {
    name: 'leaves a timer',
    // Only a few closes come while a summary waits for its retry.
    rounds: 12,
    edits: [
      {
        file: 'packages/memory/src/internal/fold-scheduler.ts',
        from: `if (job.state !== 'running') this.#move(job, 'idle')`,
        to: 'void job',
      },
    ],
  },
  {
    name: 'leaves its sockets open',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/driver-postgres/src/internal/client-pool.ts',
        from: `const ended = Promise.all([this.#pool.end(), ...this.#endings])
    await settlesWithin(CLOSE_TIMEOUT_MS, ended)
    for (const socket of this.#sockets) socket.destroy()`,
        to: '',
      },
    ],
  },
]
