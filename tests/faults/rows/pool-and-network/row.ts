import { join } from 'node:path'

import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, figures, sumOf } from '../../harness/figures.ts'
import { freshDatabase, postgresServer } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { poolFaults } from './faults.ts'

const script = join(import.meta.dirname, 'worker.ts')

const clientPool = 'packages/driver-postgres/src/internal/client-pool.ts'
const connections = 'packages/driver-postgres/src/internal/connections.ts'

export const poolAndNetwork: FaultRow = {
  name: 'pool and network',
  how: 'an exhausted pool, a network that swallows everything, a slow server, rows locked by others, idle backends killed, the server restarted while idle; on its own pool and on that of a caller',
  checked:
    'each call succeeds or fails, typed and retryable, before its deadline; the process lives, and gives back every client',
  unit: 'rounds of each fault',
  full: 50,
  slice: 2,
  tools: [],
  brokenBuilds: [
    {
      name: 'does not listen for the errors of its pool',
      rounds: 1,
      edits: [{ file: clientPool, from: 'ignoreErrorsOf(this.#pool)', to: 'void ignoreErrorsOf' }],
    },
    {
      name: 'waits for an answer without a limit',
      rounds: 1,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/connections.ts',
          from: '}, this.#timeoutMs)',
          to: '}, this.#timeoutMs * 1_000)',
        },
      ],
    },
    {
      name: 'keeps a client after an error',
      rounds: 1,
      edits: [
        {
          file: connections,
          from: 'this.#pool.release(client, broken, use)',
          to: 'if (!broken) this.#pool.release(client, broken, use)',
        },
      ],
    },
    {
      name: 'does not listen for the errors of its clients',
      rounds: 1,
      edits: [
        {
          file: clientPool,
          from: `client.on('error', ignoreError)
      resolve(client)`,
          to: 'resolve(client)',
        },
      ],
    },
    {
      name: 'waits for a pool without a limit',
      rounds: 1,
      edits: [
        {
          file: clientPool,
          from: 'const client = await this.#checkOutInTime()',
          to: 'const client = await this.#checkOut()',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const [server, dsn] = [await postgresServer(), await freshDatabase()]
  await using worker = Worker.start(script, { dsn }, brokenBuild)
  const found = [await worker.call<Figures>('run', rounds)]
  // What leaked or hangs already would only make the rest slow.
  if (complaints(sumOf(found)).length > 0) return sumOf(found)
  progress(rounds)
  await worker.call('open')
  for (let round = 0; round < rounds; round += 1) {
    await server.shutDown(round % 2 === 0 ? 'fast' : 'immediate')
    await server.startAgain()
    await worker.call('call')
  }
  found.push(await worker.call<Figures>('finish'))
  const code = await worker.end()
  if (code !== 0) found.push(figures({ violations: [`the process ended with ${code}`] }))
  const sum = sumOf(found)
  const all = (poolFaults.length + 2) * rounds
  if (sum.rounds < all) return sumOf([sum, figures({ violations: ['rounds are missing'] })])
  return { ...sum, rounds }
}
