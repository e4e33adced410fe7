import { HarborageArtifactService, HarborageSessionService, sessionIdentity } from '@harborage/adk'
import { tenantOwner } from '@harborage/core'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

import { acme, ann } from './support/events.ts'
import { malformed } from './support/malformed.ts'
import { memory } from './support/places.ts'

test('wrong options are refused when a service is made', async () => {
  const { state, journal, artifacts } = await memory.open()
  const good = { state, journal, tenant: acme }
  const wrong: readonly (readonly [string, unknown])[] = [
    ['invalid_config', undefined],
    ['identity_required', { ...good, tenant: undefined }],
    ['identity_required', { ...good, tenant: {} }],
    ['identity_required', { ...good, tenant: { tenantId: '' } }],
    ['invalid_identity', { ...good, tenant: { tenantId: 'acme', userId: 'ann' } }],
    ['invalid_config', { ...good, state: journal }],
    ['invalid_config', { ...good, journal: undefined }],
    ['invalid_config', { ...good, staleSession: 'ignore' }],
    ['invalid_config', { ...good, appName: 'shop' }],
  ]
  for (const [code, options] of wrong) {
    expect(failureIn(() => new HarborageSessionService(malformed(options)))).toMatchObject({ code })
  }
  const files = { state, artifacts, tenant: acme }
  for (const options of [
    { ...files, artifacts: state },
    { ...files, state: artifacts },
    { ...files, journal },
  ]) {
    expect(failureIn(() => new HarborageArtifactService(malformed(options)))).toMatchObject({
      code: 'invalid_config',
    })
  }
  expect(new HarborageSessionService({ ...good, tenant: tenantOwner(acme) })).toBeDefined()
})

test('a call without an application, a user or a session is refused', async () => {
  const { state, journal, artifacts } = await memory.open()
  const sessions = new HarborageSessionService({ state, journal, tenant: acme })
  const files = new HarborageArtifactService({ state, artifacts, tenant: acme })
  const key = { ...ann, sessionId: 's1' }
  for (const part of ['appName', 'userId', 'sessionId']) {
    for (const [code, value] of [
      ['identity_required', ''],
      ['identity_required', undefined],
      ['invalid_identity', 7],
    ] as const) {
      const wrong = malformed<typeof key>({ ...key, [part]: value })
      const calls = [
        sessions.getSession(wrong),
        sessions.deleteSession(wrong),
        files.listArtifactKeys(wrong),
      ]
      for (const call of calls) expect(await failureOf(call)).toMatchObject({ code })
    }
  }
  const noUser = sessions.createSession({ appName: 'shop', userId: '' })
  expect(await failureOf(noUser)).toMatchObject({ code: 'identity_required' })
})

test('the identity of a session names its application', () => {
  expect(sessionIdentity(acme, { ...ann, sessionId: 's1' })).toEqual({
    tenantId: 'acme',
    userId: 'ann',
    sessionId: 'shop/s1',
  })
})

function failureIn(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}
