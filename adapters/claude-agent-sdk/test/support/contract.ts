import {
  foldSessionSummary,
  type SessionKey,
  type SessionStore,
  type SessionStoreEntry,
} from '@anthropic-ai/claude-agent-sdk'
import { expect } from 'vitest'

import { keyOf, message, messages, PROJECT, subKeyOf, textsOf, title, uuidOf } from './entries.ts'

/** A session store with all methods, also those that are optional. */
export type FullStore = Required<SessionStore>

/** What the types and comments of the SDK say that a session store does. */
export interface ContractCase {
  readonly name: string
  readonly run: (store: FullStore) => Promise<void>
}

const main = keyOf('s1')

/** Texts that keep apart what a store may mix up. */
const hostile = [
  ...[
    'a',
    'A',
    'a/b',
    'b/a',
    '/',
    '..',
    '../a',
    '%',
    '%2f',
    '%h',
    '%002f',
    'a%00b',
    'é',
    'e\u0301',
  ],
  ...['\u0000', '\uD800', 'undefined', 'null', '__proto__', 'constructor', ' ', 'x'.repeat(2000)],
  ...['x'.repeat(2001), 'ü'.repeat(600), "'; drop table x", '*', '_', '🙂'],
]

/** Entries that a careless store changes on their way through it. */
const strange: readonly SessionStoreEntry[] = [
  { type: 'x', uuid: 'u1', a: { b: [1, -0.5, null, true, '', { c: [] }] } },
  { type: '', uuid: 'u2', text: 'a\u0000\uD800 "\u2028\n\\' },
  JSON.parse('{"type":"x","uuid":"u3","__proto__":{"polluted":1},"constructor":2}'),
  { type: 'part', uuid: 'u4', part: { of: 'x', index: 0, count: 2 } },
  { type: 'entry', uuid: '%', entry: {}, format: 2, names: { sessionId: 'x' } },
  { type: 'x'.repeat(1000), uuid: 'x'.repeat(1000) },
  { type: 'x', uuid: '__proto__', timestamp: 'not a date' },
]

async function sessionsOf(store: FullStore, project: string = PROJECT): Promise<string[]> {
  return (await store.listSessions(project)).map(({ sessionId }) => sessionId).toSorted()
}

export const contract: readonly ContractCase[] = [
  {
    name: 'a transcript has the entries that were appended, in their order',
    async run(store) {
      await store.append(main, messages('a', 'b'))
      await store.append(main, [message('c'), title('T'), message('d')])
      expect(textsOf(await store.load(main))).toEqual(['a', 'b', 'c', 'T', 'd'])
    },
  },
  {
    name: 'appends that are not awaited are in the order of the calls',
    async run(store) {
      const texts = Array.from({ length: 20 }, (_, index) => `${index}`)
      await Promise.all(texts.map((text) => store.append(main, [message(text)])))
      expect(textsOf(await store.load(main))).toEqual(texts)
    },
  },
  {
    name: 'a key that was never written has no entries',
    async run(store) {
      expect(await store.load(main)).toBeNull()
      expect(await store.load(subKeyOf('s1', '1'))).toBeNull()
      expect(await store.listSessions(PROJECT)).toEqual([])
      expect(await store.listSessionSummaries(PROJECT)).toEqual([])
      expect(await store.listSubkeys(main)).toEqual([])
      await store.delete(main)
      await store.append(main, messages('a'))
      expect(await store.load(keyOf('s2'))).toBeNull()
      expect(await store.load(keyOf('s1', 'other'))).toBeNull()
    },
  },
  {
    name: 'an append of nothing adds nothing',
    async run(store) {
      await store.append(main, messages('a'))
      await store.append(main, [])
      expect(textsOf(await store.load(main))).toEqual(['a'])
    },
  },
  {
    name: 'an entry with a uuid is there once, however often it is appended',
    async run(store) {
      await store.append(main, messages('a', 'b'))
      await store.append(main, messages('a', 'b'))
      await store.append(main, messages('b', 'c', 'c'))
      await store.append(main, messages('d', 'a'))
      expect(textsOf(await store.load(main))).toEqual(['a', 'b', 'c', 'd'])
    },
  },
  {
    name: 'an entry with a uuid is there once in each transcript of a sub-agent, too',
    async run(store) {
      const key = subKeyOf('s1', '1')
      await store.append(key, messages('a', 'b'))
      await store.append(key, messages('c', 'b', 'a'))
      await store.append(key, [title('T'), ...messages('a')])
      expect(textsOf(await store.load(key))).toEqual(['a', 'b', 'c', 'T'])
    },
  },
  {
    name: 'an entry without a uuid is appended each time',
    async run(store) {
      const same = title('T')
      await store.append(main, [same, same])
      await store.append(main, [same])
      await store.append(main, [{ ...same }])
      await store.append(main, [
        { ...same, uuid: '' },
        { ...same, uuid: '' },
      ])
      expect(await store.load(main)).toHaveLength(6)
    },
  },
  {
    name: 'entries are deep-equal to what was appended',
    async run(store) {
      await store.append(main, [...strange])
      expect(await store.load(main)).toEqual(strange)
      const [, , third] = (await store.load(main)) ?? []
      expect(Object.keys(third ?? {})).toContain('__proto__')
      expect(Object.keys(Object.prototype)).toEqual([])
    },
  },
  {
    name: 'entries are captured when they are appended',
    async run(store) {
      const entry = message('before')
      const entries = [entry]
      const appending = store.append(main, entries)
      entry['message'] = { role: 'user', content: 'after' }
      entries.push(message('more'))
      await appending
      expect(textsOf(await store.load(main))).toEqual(['before'])
    },
  },
  {
    name: 'what was loaded is a copy of its own',
    async run(store) {
      await store.append(main, messages('a'))
      const loaded = await store.load(main)
      loaded?.push(message('b'))
      for (const entry of loaded ?? []) entry['message'] = 'changed'
      expect(textsOf(await store.load(main))).toEqual(['a'])
    },
  },
  {
    name: 'an append of thousands of entries, some of them large, is as one of a few',
    async run(store) {
      const texts = Array.from({ length: 2500 }, (_, index) => `${index}`)
      const large = 'ü'.repeat(3 * 1024 * 1024)
      const entries = [...messages(...texts), message('large', { large }), ...messages('last')]
      await store.append(main, entries)
      const loaded = (await store.load(main)) ?? []
      expect(textsOf(loaded)).toEqual([...texts, 'large', 'last'])
      expect(loaded.at(-2)?.['large'] === large).toBe(true)
    },
  },
  {
    name: 'keys that look alike are different transcripts',
    async run(store) {
      const keys: SessionKey[] = hostile.flatMap((text) => [
        { projectKey: text, sessionId: 's1' },
        { projectKey: 'p', sessionId: text },
        { projectKey: 'p', sessionId: 's1', subpath: text },
      ])
      for (const [index, key] of keys.entries()) await store.append(key, messages(`${index}`))
      for (const [index, key] of keys.entries()) {
        expect(textsOf(await store.load(key)), JSON.stringify(key)).toEqual([`${index}`])
      }
      expect(await sessionsOf(store, 'p')).toEqual([...hostile].toSorted())
      const subkeys = await store.listSubkeys({ projectKey: 'p', sessionId: 's1' })
      expect(subkeys.toSorted()).toEqual([...hostile].toSorted())
    },
  },
  {
    name: 'the sessions of a project are listed with integer times that grow',
    async run(store) {
      const before = Date.now()
      await store.append(main, messages('a'))
      await store.append(keyOf('s2'), messages('b'))
      await store.append(keyOf('s3', 'other'), messages('c'))
      expect(await sessionsOf(store)).toEqual([uuidOf('s1'), uuidOf('s2')].toSorted())
      const first = (await store.listSessions(PROJECT)).find(
        ({ sessionId }) => sessionId === main.sessionId,
      )
      await store.append(main, messages('d'))
      const second = (await store.listSessions(PROJECT)).find(
        ({ sessionId }) => sessionId === main.sessionId,
      )
      expect(Number.isInteger(first?.mtime)).toBe(true)
      expect(first?.mtime).toBeGreaterThanOrEqual(before)
      expect(second?.mtime).toBeGreaterThan(first?.mtime ?? 0)
    },
  },
  {
    name: 'a session of which only a sub-agent has entries is not listed',
    async run(store) {
      await store.append(subKeyOf('s1', '1'), messages('a'))
      expect(await store.listSessions(PROJECT)).toEqual([])
      expect(await store.listSessionSummaries(PROJECT)).toEqual([])
      expect(await store.listSubkeys(main)).toEqual(['subagents/agent-1'])
    },
  },
  {
    name: 'the summary is what the SDK folds all entries of the main transcript to',
    async run(store) {
      const batches = [
        [message('hello', { cwd: '/home/ann/app', gitBranch: 'main' }), title('T')],
        [{ type: 'tag', tag: 'green' }, message('more', { gitBranch: 'fix' })],
        [title('U'), { type: 'tag', tag: '' }],
      ]
      for (const entries of batches) await store.append(main, entries)
      await store.append(subKeyOf('s1', '1'), [title('of a sub-agent')])
      const [summary] = await store.listSessionSummaries(PROJECT)
      const [listed] = await store.listSessions(PROJECT)
      expect(summary?.sessionId).toBe(main.sessionId)
      expect(summary?.mtime).toBe(listed?.mtime)
      const folded = foldSessionSummary(undefined, main, batches.flat())
      expect(summary?.data).toEqual(folded.data)
    },
  },
  {
    name: 'a batch that is appended again does not bring an earlier title back',
    async run(store) {
      const first = [{ ...title('old'), uuid: uuidOf('old') }]
      await store.append(main, first)
      await store.append(main, [{ ...title('new'), uuid: uuidOf('new') }])
      await store.append(main, first)
      const [summary] = await store.listSessionSummaries(PROJECT)
      expect(summary?.data).toMatchObject({ customTitle: 'new' })
    },
  },
  {
    name: 'concurrent appends to one session lose neither entries nor what they fold to',
    async run(store) {
      const fields = ['customTitle', 'aiTitle', 'lastPrompt', 'gitBranch', 'cwd']
      await Promise.all(
        fields.map((field) => store.append(main, [message(field, { [field]: `of ${field}` })])),
      )
      expect(textsOf(await store.load(main)).toSorted()).toEqual(fields.toSorted())
      const [summary] = await store.listSessionSummaries(PROJECT)
      expect(summary?.data).toMatchObject(
        Object.fromEntries(fields.map((field) => [field, `of ${field}`])),
      )
    },
  },
  {
    name: 'deleting a session deletes the transcripts of its sub-agents, and no other session',
    async run(store) {
      const others = [keyOf('s2'), keyOf('s1', 'other'), subKeyOf('s2', '1')]
      const own = [main, subKeyOf('s1', '1'), subKeyOf('s1', 'a/b')]
      for (const key of [...own, ...others]) await store.append(key, messages('a'))
      await store.delete(main)
      for (const key of own) expect(await store.load(key)).toBeNull()
      for (const key of others) expect(textsOf(await store.load(key))).toEqual(['a'])
      expect(await store.listSubkeys(main)).toEqual([])
      expect(await sessionsOf(store)).toEqual([uuidOf('s2')])
      expect(await store.listSessionSummaries(PROJECT)).toHaveLength(1)
    },
  },
  {
    name: 'deleting the transcript of a sub-agent deletes nothing else',
    async run(store) {
      const keys = [main, subKeyOf('s1', '1'), subKeyOf('s1', '1/2'), subKeyOf('s1', '2')]
      for (const key of keys) await store.append(key, messages('a'))
      await store.delete(subKeyOf('s1', '1'))
      expect(await store.load(subKeyOf('s1', '1'))).toBeNull()
      const subkeys = ['subagents/agent-1/2', 'subagents/agent-2']
      expect((await store.listSubkeys(main)).toSorted()).toEqual(subkeys)
      expect(textsOf(await store.load(main))).toEqual(['a'])
    },
  },
  {
    name: 'a session that was deleted begins again with what is appended then',
    async run(store) {
      await store.append(main, [message('a'), title('T')])
      await store.delete(main)
      await store.append(main, messages('b', 'a'))
      expect(textsOf(await store.load(main))).toEqual(['b', 'a'])
      const [summary] = await store.listSessionSummaries(PROJECT)
      expect(summary?.data).not.toHaveProperty('customTitle')
    },
  },
]
