import { beforeAll, describe, expect, test } from 'vitest'

import { createConsumerProject } from '../docs/consumer-project.ts'
import { typeCheck, type Diagnostic } from '../docs/type-check.ts'
import { prelude } from './type-case.ts'
import { typeCases } from './type-cases.ts'

let diagnostics: Diagnostic[]

// One run of the compiler for all cases: each is a module of its own.
beforeAll(async () => {
  await using project = await createConsumerProject()
  for (const [index, { right, wrong }] of typeCases.entries()) {
    await project.write(`src/right-${index}.ts`, prelude + right)
    await project.write(`src/wrong-${index}.ts`, prelude + wrong)
  }
  diagnostics = await typeCheck(project, { exactOptionalPropertyTypes: true })
})

describe.each(typeCases.map((each, index) => ({ ...each, index })))(
  '$what',
  ({ index, error: [code, message] }) => {
    test('right use compiles', () => {
      expect(reportsAbout(`src/right-${index}.ts`)).toEqual([])
    })

    test('wrong use does not', () => {
      const reports = reportsAbout(`src/wrong-${index}.ts`)
      expect(reports).toMatchObject([{ code }])
      expect(reports[0]?.message).toContain(message)
    })
  },
)

test('the packages compile in a project that is as strict', () => {
  expect(diagnostics.filter(({ file }) => !file.startsWith('src/'))).toEqual([])
})

function reportsAbout(file: string): Diagnostic[] {
  return diagnostics.filter((each) => each.file === file)
}
