import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { randomSource } from '@harborage/test-kit/random-source'
import { spawnScript } from './spawn-script.ts'

/**
 * An acknowledged turn, and when its call began and ended by the clock that all processes share.
 */
export interface AddedTurn {
  readonly name: string
  readonly began: bigint
  readonly ended: bigint
}

/** The lines that the replicas wrote before they ended or were killed. */
export interface ReplicaLog {
  readonly added: AddedTurn[]
  readonly faults: string[]
  killedDuringFolds: number
}

export interface ReplicaPlan {
  readonly dsn: string
  /** One process for each. */
  readonly speakers: readonly string[]
  readonly turnsEach: number
  /** How often the process that folds is killed, spread over the run. */
  readonly kills: number
}

/** Lets every speaker add its turns, and starts a process again that was killed. */
export async function runReplicas(plan: ReplicaPlan): Promise<ReplicaLog> {
  const log: ReplicaLog = { added: [], faults: [], killedDuringFolds: 0 }
  await Promise.all(plan.speakers.map((_, index) => runSpeaker(plan, index, log)))
  return log
}

async function runSpeaker(plan: ReplicaPlan, index: number, log: ReplicaLog): Promise<void> {
  const speaker = plan.speakers[index] ?? ''
  for (let life = 1; ; life += 1) {
    const code = await runLife(plan, speaker, index * 1000 + life, log)
    if (code === 0) return
    if (code !== null) throw new Error(`replica ${speaker} ended with code ${code}`)
  }
}

/** @returns The exit code, `null` if the process was killed. */
async function runLife(
  { dsn, turnsEach, speakers, kills }: ReplicaPlan,
  speaker: string,
  seed: number,
  log: ReplicaLog,
): Promise<number | null> {
  const random = randomSource(seed)
  const replica = spawnScript('replica.ts', [dsn, speaker, String(turnsEach), String(seed)])
  const exited = once(replica, 'exit')
  const allTurns = speakers.length * turnsEach
  for await (const line of createInterface(replica.stdout)) {
    const [what, ...words] = line.split(' ')
    if (what === 'added') log.added.push(addedTurn(words))
    if (what === 'fault') log.faults.push(words.join(' '))
    const isDue = log.added.length >= (allTurns * (log.killedDuringFolds + 1)) / (kills + 2)
    if (what === 'fold' && isDue && log.killedDuringFolds < kills && !replica.killed) {
      log.killedDuringFolds += 1
      // Somewhere within the summarizer, or while its answer is committed.
      await delay(random() * 15)
      replica.kill('SIGKILL')
    }
  }
  await exited
  return replica.exitCode
}

function addedTurn([name = '', began = '', ended = '']: readonly string[]): AddedTurn {
  return { name, began: BigInt(began), ended: BigInt(ended) }
}
