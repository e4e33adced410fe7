import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { faultsOfWorkflow } from './workflow-faults.ts'

const root = join(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('actionlint finds nothing in the workflows, and every action is pinned by a commit', async () => {
  const paths = globSync('.github/workflows/*.yml', { cwd: root })
  expect(paths).toContain('.github/workflows/test.yml')
  const faults: string[] = []
  for (const path of paths) faults.push(...(await faultsOfWorkflow(path, read(path))))
  expect(faults).toEqual([])
})

describe('a fault of a workflow is reported with its line', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567'

  test.each<[what: string, step: string, fault: RegExp]>([
    ['a key that there is not', 'run: a\n        timeout: 5', /^planted\.yml:9: .*timeout/],
    ['what a job does not give', 'run: echo ${{ needs.a.result }}', /^planted\.yml:8: .*"a"/],
    [
      'a text of a stranger in a command',
      'run: echo ${{ github.event.pull_request.title }}',
      /^planted\.yml:8: .*untrusted/,
    ],
    ['an action by its tag', 'uses: a/b@v1', /^planted\.yml:8: a\/b@v1 is not pinned/],
    ['a commit without its version', `uses: a/b@${commit}`, /^planted\.yml:8: .*is not pinned/],
  ])('%s', async (_, step, fault) => {
    expect(await faultsOfWorkflow('planted.yml', workflow(step))).toEqual([
      expect.stringMatching(fault),
    ])
  })

  test('permissions that are not bounded', async () => {
    const text = workflow('run: a').replace('permissions:\n  contents: read\n', '')
    expect(await faultsOfWorkflow('planted.yml', text)).toEqual([
      'planted.yml:1: the permissions of its jobs are not bounded',
    ])
  })

  test('and nothing else', async () => {
    const step = `uses: a/b@${commit} # v1.2.3`
    expect(await faultsOfWorkflow('planted.yml', workflow(step))).toEqual([])
  })

  function workflow(step: string): string {
    return `on: push
permissions:
  contents: read
jobs:
  planted:
    runs-on: ubuntu-latest
    steps:
      - ${step}
`
  }
})

test('every form of the code host is YAML of one mapping, and vulnerabilities have a private way', () => {
  const forms = globSync(['.github/*.yml', '.github/ISSUE_TEMPLATE/*.yml'], { cwd: root })
  expect(forms).toContain('.github/dependabot.yml')
  for (const path of forms) expect([path, parsed(path)]).toEqual([path, expect.any(Object)])
  const url = 'https://github.com/harborage/harborage/security/advisories/new'
  expect(parsed('.github/ISSUE_TEMPLATE/config.yml')).toMatchObject({ contact_links: [{ url }] })
  expect(read('SECURITY.md')).toContain(url)
})

function parsed(path: string): unknown {
  return parse(read(path)) as unknown
}
