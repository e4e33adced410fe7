/**
 * Runs recorded conversations through every strategy and shows what became of them:
 *
 *     node tests/stores/memory/measure/replay-trajectories.ts --trajectories FILE [--budget 1000]
 *
 * The file holds runs in the form `[{ task_id, trial, info: { task: { user_id } }, traj: [{ role,
 * content }] }]`.
 */
import { parseArgs } from 'node:util'

import { createEventBus } from '@harborage/core'
import { openMemoryStore, type Strategy } from '@harborage/memory'

import { extractiveSummarizer } from '../../../../examples/agent-run/src/memory/extractive-summarizer.ts'
import { readTrajectories } from '../support/conversations.ts'
import { replayConversation, type Replay } from '../support/replay-conversation.ts'

const { values } = parseArgs({
  options: {
    trajectories: { type: 'string' },
    budget: { type: 'string', default: '1000' },
  },
})
if (values.trajectories === undefined)
  throw new Error('name the recorded runs: --trajectories FILE')
const budgetTokens = Number(values.budget)
const conversations = await readTrajectories(values.trajectories)
const strategies: readonly Strategy[] = ['none', 'truncation', 'rolling_summary']
const totals: string[] = []
for (const strategy of strategies) {
  await using memory = await openMemoryStore({
    strategy,
    budgetTokens,
    summarizer: extractiveSummarizer(),
    bus: createEventBus(),
  })
  const replays: Replay[] = []
  for (const conversation of conversations) {
    replays.push(await replayConversation(memory, conversation))
  }
  console.log(`\n${strategy}, at most ${budgetTokens} tokens\n`)
  console.log(rowOf(['session', 'turns', 'said', 'kept', 'folded', 'summary', 'dropped', 'peak']))
  for (const replay of replays) {
    const { identity, turns, said, kept, folded, summary, dropped, peak } = replay
    const name = `${identity.userId} ${identity.sessionId}`
    console.log(rowOf([name, turns, said, kept, folded, summary, dropped, peak]))
    if (peak > budgetTokens) throw new Error(`${name} was given ${peak} tokens`)
  }
  totals.push(totalOf(strategy, replays))
}
const users = new Set(conversations.map(({ identity }) => identity.userId)).size
const turns = conversations.reduce((count, conversation) => count + conversation.turns.length, 0)
console.log(`\n${conversations.length} sessions of ${users} users, ${turns} turns\n`)
console.log(
  rowOf(['all sessions', 'turns', 'said', 'kept', 'folded', 'summary', 'dropped', 'peak']),
)
for (const total of totals) console.log(total)

function totalOf(strategy: Strategy, replays: readonly Replay[]): string {
  const sum = (pick: (replay: Replay) => number): number =>
    replays.reduce((total, replay) => total + pick(replay), 0)
  return rowOf([
    strategy,
    sum((replay) => replay.turns),
    sum((replay) => replay.said),
    sum((replay) => replay.kept),
    sum((replay) => replay.folded),
    sum((replay) => replay.summary),
    sum((replay) => replay.dropped),
    Math.max(...replays.map((replay) => replay.peak)),
  ])
}

function rowOf([name = '', ...cells]: readonly (string | number)[]): string {
  return (
    String(name).padEnd(40) + cells.map((cell) => cell.toLocaleString('en').padStart(10)).join('')
  )
}
