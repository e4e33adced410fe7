import { describe, expect, test } from 'vitest'

import { brokenEngines } from './broken-engines.ts'
import { sharedCommitCases } from './shared-commits.ts'
import { openSqliteBench } from './sqlite-bench.ts'

describe('on SQLite', () => {
  test.each(sharedCommitCases)('$name', async ({ run }) => {
    await using bench = await openSqliteBench()
    await run(bench)
  })
})

describe('the cases notice an engine that', () => {
  test.each(brokenEngines)('$fault', async ({ breakIt }) => {
    const noticed: string[] = []
    for (const { name, run } of sharedCommitCases) {
      await using bench = await openSqliteBench()
      const broken = { ...bench, database: breakIt(bench.database) }
      await run(broken).catch(() => noticed.push(name))
    }
    expect(noticed).not.toEqual([])
  })
})
