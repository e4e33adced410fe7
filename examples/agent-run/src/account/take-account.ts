import { sumCosts, NO_COST } from '../agent/add-cost.ts'
import type { Stores } from '../open-stores.ts'
import type { Toolbox } from '../workload/workload.ts'
import type { Account, Verification } from './account.ts'
import { artifactUse } from './artifact-use.ts'
import { checkRun } from './check-run.ts'
import { readBack, type StoredRun } from './read-back.ts'
import { recall, type Recollection } from '../memory/recall.ts'
import { checkConversations } from './check-conversations.ts'
import { recompute } from './recompute.ts'

/** Reads a run back from the database and checks it against the files and the acknowledgements. */
export async function takeAccount(
  stores: Stores,
  { home, acknowledged }: Pick<Verification, 'home' | 'acknowledged'>,
  toolbox: Toolbox,
): Promise<Account> {
  const { state, artifacts, memory } = stores
  const run = await readBack(state, artifacts, home)
  if (run === undefined) throw new Error('the manifest of the run is missing from the database')
  const recomputed = await recompute(run, toolbox)
  const heard = acknowledged.map(({ ordinal, session, step }) => ({
    ordinal,
    session,
    eventId: step.eventId,
  }))
  const recollections: Recollection[] = []
  for (const { identity } of run.sessions) recollections.push(await recall(memory, identity))
  return {
    checks: [
      ...(await checkRun(state, run, heard, recomputed)),
      checkConversations(run.sessions, recollections),
    ],
    kinds: [...run.kinds],
    conversations: conversationsOf(recollections),
    totals: totalsOf(run),
    artifacts: await artifactUse(artifacts, run),
    actions: actionsOf(run, toolbox),
  }
}

function conversationsOf(recollections: readonly Recollection[]): Account['conversations'] {
  const sum = (part: (each: Recollection) => number): number =>
    recollections.reduce((total, each) => total + part(each), 0)
  return {
    summarized: sum((each) => each.summarized.length),
    verbatim: sum((each) => each.verbatim.length),
    tokens: sum((each) => each.tokens),
  }
}

function totalsOf({ sessions }: StoredRun): Account['totals'] {
  const { byAction: _, ...costs } = sumCosts(sessions.map(({ cost }) => cost ?? NO_COST))
  return {
    ...costs,
    sessions: sessions.length,
    tasks: sessions.reduce((sum, { tasks }) => sum + tasks.length, 0),
    sharedSessions: sessions.filter(({ lifecycle }) => (lifecycle?.workers ?? 0) > 1).length,
  }
}

function actionsOf({ sessions }: StoredRun, toolbox: Toolbox): Account['actions'] {
  const results = sessions
    .flatMap(({ tasks }) => tasks.flatMap(({ steps }) => steps))
    .flatMap(({ stored }) => (stored === undefined ? [] : [stored.value]))
  return [...Map.groupBy(results, ({ action }) => action)].map(([action, ofAction]) => {
    // A step whose input was gone has an error as its output. One whose artifact is gone has none.
    const outputs = ofAction.filter(
      ({ inputSha256, output }) => inputSha256 !== '' && output !== null,
    )
    const finding = toolbox.summarize(
      action,
      outputs.map(({ output }) => output),
    )
    return { action, times: ofAction.length, ...(finding === undefined ? {} : { finding }) }
  })
}
