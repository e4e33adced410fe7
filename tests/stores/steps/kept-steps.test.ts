import { commitTogether, newEventId } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { applicationDatabases } from './support/step-databases.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const WEEK_MS = 7 * 24 * 60 * 60 * 1000
/** Old steps are removed after every so many steps of a process. */
const STEPS = 64

async function makeStep(state: StateStore, stepId: string, tenantId = 'acme'): Promise<void> {
  const part = (kind: string) =>
    state.prepare.save({
      eventId: newEventId(),
      identity: { ...identity, tenantId },
      kind,
      bytes: Buffer.from(stepId),
    })
  await commitTogether({ stepId, parts: { one: part('one'), two: part('two') } })
}

describe.for(applicationDatabases.slice(0, 2))('the ids of steps on $title', ({ open }) => {
  test('are kept for 7 days, and then removed, of every tenant', async () => {
    await using application = await open()
    await using state = await openStateStore({ database: application.database })
    for (const tenant of ['acme', 'other']) {
      for (const stepId of ['old', 'young']) await makeStep(state, stepId, tenant)
    }
    for (const [stepId, age] of [
      ['old', WEEK_MS + 60_000],
      ['young', WEEK_MS - 60_000],
    ] as const) {
      await application.run(
        `update steps_applied set created_at = created_at - ${age} where step_id = '${stepId}'`,
      )
    }
    for (let step = 0; step < STEPS; step += 1) await makeStep(state, `step ${step}`)
    const rows = await application.query(
      "select tenant_id, step_id from steps_applied where step_id in ('old', 'young') order by tenant_id",
    )
    expect(rows).toEqual([
      { tenant_id: 'acme', step_id: 'young' },
      { tenant_id: 'other', step_id: 'young' },
    ])
  })
})
