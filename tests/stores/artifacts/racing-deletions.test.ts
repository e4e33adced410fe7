import { openArtifactStore } from '@harborage/artifacts'
import { requireSqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import { expect, test } from 'vitest'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

/** Lets another call run before the next read. */
class DisturbedDatabase extends DelegatingDatabase {
  #disturb: (() => Promise<unknown>) | undefined

  beforeNextRead(disturb: () => Promise<unknown>): void {
    this.#disturb = disturb
  }

  override async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const disturb = this.#disturb
    this.#disturb = undefined
    await disturb?.()
    return super.rows(statement, parameters)
  }
}

test('a put of content that is deleted before the put can read its ref stores it under its short id', async () => {
  await using real = await openSqlite({ dsn: ':memory:' })
  const database = new DisturbedDatabase(requireSqlDatabase(real))
  await using others = await openArtifactStore({ database: real })
  await using artifacts = await openArtifactStore({ database })
  const { id } = await others.putText(scope, 'content', { filename: 'first' })
  database.beforeNextRead(() => others.delete(scope, id))
  const ref = await artifacts.putText(scope, 'content', { filename: 'second' })
  expect(ref).toMatchObject({ id, filename: 'second' })
  expect(await others.getText(scope, id)).toBe('content')
})
