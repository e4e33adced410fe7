import { HarborageError, newEventId } from '@harborage/core'
import { requireSqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { openArtifactStore } from '@harborage/artifacts'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { failureOf } from '@harborage/test-kit/failure-of'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/**
 * Makes every write, answers that it changed nothing, and fails when the store reads the reason.
 */
class ForgetfulDatabase extends DelegatingDatabase {
  isGone = false

  override async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    await super.changes(statement, parameters)
    return 0
  }

  override async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    if (this.isGone) throw new HarborageError('store_unavailable', 'the server is gone')
    return super.rows(statement, parameters)
  }
}

test('a write does not fail only because the question about its outcome failed', async () => {
  await using real = await openSqlite({ dsn: ':memory:' })
  const database = new ForgetfulDatabase(requireSqlDatabase(real))
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  database.isGone = true

  const saving = state.save({
    eventId: newEventId(),
    identity,
    kind: 'k',
    bytes: new Uint8Array(1),
  })
  const putting = artifacts.putText(identity, 'heavy output')
  for (const call of [saving, putting]) {
    expect(await failureOf(call)).toMatchObject({ code: 'outcome_unknown', retryable: true })
  }
})
