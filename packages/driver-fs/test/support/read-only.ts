// Started by a test in a process that may read a store but not write to it.
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Finding } from '@harborage/core'
import { diagnose } from '@harborage/driver-fs'

import { failureIn, type Failure } from './describe-failure.ts'
import { openArtifacts } from './open-artifacts.ts'

const STRANGER = 65_534

/** The observations of such a process. */
export interface ReadOnlyAnswer {
  readonly findings: readonly Finding[]
  readonly read: string | undefined
  readonly putting: Failure | undefined
  /** For another folder without a store. */
  readonly emptyFindings: readonly Finding[]
  readonly openingEmpty: Failure | undefined
}

const [, , folder = '', how = ''] = process.argv
const [root, empty] = [join(folder, 'root'), join(folder, 'empty')]
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

if (how === 'rights') {
  if (process.getuid?.() === 0) process.setuid?.(STRANGER)
  await makeStores()
  setRights(0o500)
}
if (how === 'make') await makeStores()

const findings = await diagnose({ dsn: root })
const artifacts = await openArtifacts(root)
const { id } = await artifacts.putText(scope, 'kept')
const answer: ReadOnlyAnswer = {
  findings,
  read: await artifacts.getText(scope, id),
  putting: await failureIn(() => artifacts.putText(scope, `new to ${how}`)),
  emptyFindings: await diagnose({ dsn: empty }),
  openingEmpty: await failureIn(() => openArtifacts(empty)),
}
if (how === 'rights') setRights(0o700)
console.log(JSON.stringify(answer))

async function makeStores(): Promise<void> {
  mkdirSync(empty)
  await (await openArtifacts(root)).putText(scope, 'kept')
}

function setRights(mode: number): void {
  for (const path of [empty, root, join(root, 'temporary'), join(root, 'artifacts')]) {
    chmodSync(path, mode)
  }
}
