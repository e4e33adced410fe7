import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { describe, expect, test } from 'vitest'

import { plantedWorkspace } from './planted-workspace.ts'
import type { Rule } from './rule.ts'
import { readWorkspace, type Workspace } from './workspace.ts'

/** A planted violation: its description, its file, the content, and a part of the report. */
export type Plant = readonly [what: string, path: string, content: string, report: string]

export interface CheckedRule {
  readonly name: string
  readonly rule: Rule
  readonly plants: readonly Plant[]
}

export const thisWorkspace: Workspace = readWorkspace(repositoryRoot)
const lawful = plantedWorkspace()

/** Tests that this workspace keeps each rule, and that each rule reports what is planted. */
export function checkRules(rules: readonly CheckedRule[]): void {
  describe.each(rules)('$name', ({ rule, plants }) => {
    test('holds here', () => {
      expect(rule(thisWorkspace)).toEqual([])
    })

    test('has nothing against a lawful workspace', () => {
      expect(rule(lawful)).toEqual([])
    })

    test.each(plants)('reports a planted violation: %s', (_, path, content, report) => {
      const violations = rule(plantedWorkspace({ [path]: content }))
      expect(violations).toHaveLength(1)
      expect(violations[0]).toContain(report)
    })
  })
}

/** Returns a planted violation in a new file, which is reported with its first line. */
export function plantImport(what: string, folder: string, content: string): Plant {
  return [what, `${folder}/bad.ts`, content, `${folder}/bad.ts:1`]
}
