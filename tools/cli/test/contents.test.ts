import { openArtifactStore } from '@harborage/artifacts'
import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { Stopped } from '../src/stopped.ts'
import {
  engines,
  fill,
  ofRun,
  ofSession,
  run,
  session,
  type TestPlace,
} from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('ls goes from tenants to what a run has', async () => {
    const at = await place()
    await fill(at)
    const list = async (...args: readonly string[]) =>
      jsonLinesOf(await runCommand(['ls', '--json', ...args], at)).map(
        ({ type, tenantId, userId, sessionId, runId, kind, id, stream, collection }) =>
          `${type} ${String(kind ?? id ?? stream ?? collection ?? runId ?? sessionId ?? userId ?? tenantId)}`,
      )
    expect(await list()).toEqual(['tenant acme', 'tenant globex', 'tenant initrode'])
    expect(await list('-t', 'acme')).toEqual(['user ann', 'slot settings'])
    expect(await list('-t', 'acme', '-u', 'ann')).toEqual(['session s1', 'slot preferences'])
    expect(await list(...ofSession)).toEqual([
      'run r1',
      'slot session.cart',
      'slot session.note',
      expect.stringMatching(/^artifact default_[0-9a-f]{12}$/),
      'conversation ',
      'passages messages',
    ])
    expect(await list('-t', 'initrode')).toEqual(['user eve'])
    expect(await list('-t', 'initrode', '-u', 'eve')).toEqual(['session s9'])
    expect(await list('-t', 'initrode', '-u', 'eve', '-s', 's9')).toEqual(['passages messages'])
    expect(await list(...ofRun)).toEqual(['slot task.checkpoint', 'stream events'])
    expect(await list(...ofSession, '--prefix', 'session.n', '--limit', '1')).toContain(
      'slot session.note',
    )
  })

  test('ls as text has a title for each sort', async () => {
    const at = await place()
    await fill(at)
    const { code, stdout, stderr } = await runCommand(['ls', ...ofSession], at)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'DATE')).toMatch(
      /^Runs\n {2}r1\nSlots\n {2} *23 B {2}DATE {2}session\.cart\n.*\nArtifacts\n.* task t1\nConversation\n {2}truncation, 2 turns, \d+ tokens, healthy\nPassages\n {2} *10 B {2}DATE {2}messages {2}2 passages\n$/s,
    )
  })

  test('ls and show say when a slot, an artifact and a stream expire', async () => {
    const at = await place()
    await fill(at)
    const id = await expire(at, new Date('2100-02-03T04:05:06.007Z'))
    for (const [type, name, owner] of [
      ['slot', 'session.note', ofSession],
      ['artifact', id, ofSession],
      ['stream', 'events', ofRun],
    ] as const) {
      const ofType = async (...args: readonly string[]) =>
        jsonLinesOf(await runCommand([...args, '--json', ...owner], at)).filter(
          (line) => line.type === type,
        )
      const expiring = expect.objectContaining({ expiresAt: '2100-02-03T04:05:06.007Z' }) as unknown
      expect(await ofType('ls')).toContainEqual(expiring)
      expect(await ofType('show', type, name)).toEqual([expiring])
      const listed = await runCommand(['ls', ...owner], at)
      expect(listed.stdout).toMatch(new RegExp(` ${name} .*expires 2100-02-03 04:05:06Z\n`))
      const shown = await runCommand(['show', type, name, ...owner], at)
      expect(shown.stdout).toMatch(/\nexpires {3}2100-02-03 04:05:06Z\n/)
    }
    const cart = await runCommand(['show', 'slot', 'session.cart', ...ofSession], at)
    expect(cart.stdout).not.toContain('expires')
  })

  test('what is not there exits 4', async () => {
    const at = await place()
    await fill(at)
    for (const args of [
      ['ls', '-t', 'initech'],
      ['show', 'slot', 'none', ...ofSession],
      ['show', 'slot', 'session.cart', '-t', 'globex'],
      ['show', 'artifact', 'default_0123456789ab', ...ofSession],
      ['show', 'stream', 'none', ...ofRun],
      ['show', 'conversation', ...ofRun],
      ['show', 'passages', 'none', ...ofSession],
      ['show', 'passages', 'messages', ...ofRun],
      ['tail', 'none', '--no-follow', ...ofRun],
    ]) {
      const { code, stdout, stderr } = await runCommand(args, at)
      expect({ args, code, stdout }).toEqual({ args, code: 4, stdout: '' })
      expect(stderr).toMatch(/there (?:is|are) (?:no|nothing)/)
    }
  })

  test('show prints JSON indented, text as it is and other bytes in hex', async () => {
    const at = await place()
    await fill(at)
    const show = async (...args: readonly string[]) =>
      (await runCommand(['show', ...args], at)).stdout
    expect(await show('slot', 'session.cart', ...ofSession)).toMatch(
      /\n\{\n {2}"tea": \[\n {4}1,\n {4}2\n {2}\],\n {2}"none": \{\}\n\}\n$/,
    )
    expect(await show('slot', 'session.note', ...ofSession)).toMatch(/\n\ntwo\nlines\n$/)
    expect(await show('slot', 'task.checkpoint', ...ofRun)).toMatch(/\n00000000 {2}01 ff +\.\.\n$/)
    expect(await show('slot', 'session.note', '--raw', ...ofSession)).toBe('two\nlines')
    expect(await show('conversation', ...ofSession)).toMatch(/"userMessage": "Hello\."[^]*"And\?"/)
    expect(await show('stream', 'events', '--limit', '2', ...ofRun)).toMatch(/"n": 2[^]*"n": 3/)
    const [artifact] = jsonLinesOf(await runCommand(['ls', '--json', ...ofSession], at)).filter(
      ({ type }) => type === 'artifact',
    )
    const id = String(artifact?.['id'])
    expect(await show('artifact', id, '--task', 't1', ...ofSession)).toMatch(
      /file +page.txt[^]*\na page\n$/,
    )
  })

  test('show prints passages in their order, the last ones with --limit', async () => {
    const at = await place()
    await fill(at)
    const args = ['show', 'passages', 'messages', ...ofSession]
    const { stdout } = await runCommand(args, at)
    expect(stdout).toMatch(
      /^2 passages\npassages {2}messages\n[^]*\n0 {2}1970-01-01 00:00:00Z\nHello\.\n1 {2}1970[^\n]*\nAnd\?\n$/,
    )
    const last = await runCommand([...args, '--limit', '1'], at)
    expect(last.stdout).toMatch(/\n1 earlier passage: --limit shows more\n1 {2}1970[^]*And\?\n$/)
    expect(jsonLinesOf(await runCommand([...args, '--json'], at))).toMatchObject([
      { type: 'passages', ...session, collection: 'messages', passages: 2 },
      { type: 'passage', index: 0, size: 6, payload: { encoding: 'utf8', text: 'Hello.' } },
      { type: 'passage', index: 1, createdAt: '1970-01-01T00:00:00.005Z' },
    ])
    const ofUser = ['show', 'passages', 'messages', '-t', 'acme', '-u', 'ann']
    expect((await runCommand(ofUser, at)).code).toBe(2)
  })

  test('show --json has the payload as text, or in base64', async () => {
    const at = await place()
    await fill(at)
    const show = async (...args: readonly string[]) =>
      jsonLinesOf(await runCommand(['show', '--json', ...args], at))
    expect(await show('slot', 'session.cart', ...ofSession)).toMatchObject([
      { type: 'slot', ...session, payload: { encoding: 'utf8', text: '{"tea":[1,2],"none":{}}' } },
    ])
    expect(await show('slot', 'task.checkpoint', ...ofRun)).toMatchObject([
      { type: 'slot', ...run, payload: { encoding: 'base64', base64: 'Af8=' } },
    ])
    const entries = await show('stream', 'events', ...ofRun)
    expect(entries.map(({ type }) => type)).toEqual(['stream', 'entry', 'entry', 'entry'])
  })

  test('tail shows the newest entries, and then those of another process as they come', async () => {
    const at = await place()
    await fill(at)
    const stop = new AbortController()
    let seen = 0
    const onPrinted = (text: string): void => {
      seen += text.split('\n').length - 1
      if (text.includes('"position":4')) stop.abort(new Stopped('SIGINT'))
      if (seen === 1) void append()
    }
    const append = async (): Promise<void> => {
      await using database = await at.open()
      await using journal = await openJournalStore({ database })
      const bytes = Buffer.from('{"n":4}')
      await journal.append(run, 'events', [{ entryId: newEventId(), bytes }])
    }
    const args = ['tail', 'events', '-n', '1', '--json', ...ofRun]
    const tailed = await runCommand(args, { ...at, signal: stop.signal, onPrinted })
    expect(tailed.code).toBe(130)
    expect(jsonLinesOf(tailed)).toMatchObject([{ position: 3 }, { type: 'entry', position: 4 }])
  })

  test('usage adds up what each group takes, the largest first', async () => {
    const at = await place()
    await fill(at)
    const usage = async (...args: readonly string[]) =>
      jsonLinesOf(await runCommand(['usage', '--json', ...args], at)).map(
        ({ v: _v, type: _type, ...fields }) => fields,
      )
    const byStore = await usage()
    expect(byStore).toContainEqual({ store: 'state', records: 6, bytes: 48 })
    expect(byStore).toContainEqual({ store: 'artifacts', records: 1, bytes: 6 })
    expect(byStore).toContainEqual({ store: 'journal', records: 3, bytes: 21 })
    const byTenant = await usage('--by', 'tenant')
    expect(byTenant.map(({ tenantId }) => tenantId)).toEqual(['acme', 'initrode', 'globex'])
    expect(byTenant[1]).toEqual({ tenantId: 'initrode', records: 1, bytes: 16 })
    expect(byTenant[2]).toEqual({ tenantId: 'globex', records: 1, bytes: 6 })
    expect(await usage('--by', 'user', '--tenant', 'globex')).toEqual([
      { tenantId: 'globex', userId: 'ann', records: 1, bytes: 6 },
    ])
    expect(await usage('--by', 'kind', '--tenant', 'initrode')).toEqual([
      { store: 'memory', kind: 'memory.passage', records: 1, bytes: 16 },
    ])
    expect(await usage('--by', 'kind', '--limit', '1', ...ofRun)).toEqual([
      { store: 'journal', kind: 'events', records: 3, bytes: 21 },
    ])
  })
})

/** Lets a slot, an artifact and a stream expire, and resolves to the id of the artifact. */
async function expire(at: TestPlace, expiresAt: Date): Promise<string> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  await using journal = await openJournalStore({ database })
  const bytes = Buffer.from('x')
  const slot = { identity: session, kind: 'session.note', eventId: newEventId(), bytes }
  await state.save({ ...slot, expiresAt })
  await journal.append(run, 'events', [{ entryId: newEventId(), bytes }], { expiresAt })
  return (await artifacts.putText(session, 'for a while', { expiresAt })).id
}
