import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { freshScope } from './support/fresh-scope.ts'
import { deleteSession } from '../support/delete-session.ts'

const texts: readonly (readonly [description: string, text: string])[] = [
  ['an empty text', ''],
  ['a byte order mark', '\ufeff'],
  ['a text with a leading byte order mark', '\ufefftext'],
  ['a text with two leading byte order marks', '\ufeff\ufefftext'],
  ['a NUL', 'a\0b'],
  ['a text with line ends of every kind', 'a\nb\r\nc\rd\u2028e'],
  ['a replacement character', 'a\ufffdb'],
  ['the last character', '\u{10ffff}'],
  ['a text with composed and decomposed characters', '\u00e9 e\u0301'],
  ['a text with joined characters', '👩\u200d👧'],
  ['a text with leading and trailing white space', ' \t text \n'],
]

/** Bytes that are not UTF-8, with what is wrong about them. */
const notTexts: readonly (readonly [description: string, data: Uint8Array])[] = [
  ['a byte that never occurs in UTF-8', Uint8Array.of(0xff)],
  ['a truncated character', Uint8Array.of(0x61, 0xe2, 0x82)],
  ['an overlong encoding', Uint8Array.of(0xc0, 0x80)],
  ['a surrogate', Uint8Array.of(0xed, 0xa0, 0x80)],
  ['a character beyond the last one', Uint8Array.of(0xf4, 0x90, 0x80, 0x80)],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)],
]

/** Registers the cases of S7: a text is returned unchanged or rejected. */
export function text({ it }: ArtifactCases): void {
  for (const [description, given] of texts) {
    it(`S7 ${description} is returned unchanged`, async ({ store }) => {
      const scope = freshScope()
      const { id } = await store.putText(scope, given)
      assert.equal(await store.getText(scope, id), given)
      assert.deepEqual(await store.get(scope, id), bytesOf(given))
    })
  }

  it('S7 a text with a lone surrogate is rejected, and nothing is stored', async ({ store }) => {
    const scope = freshScope()
    for (const given of ['\ud800', '\udfff', 'a\ud83d', '\ude00a', '\ude00\ud83d']) {
      await assertFails('invalid_record', () => store.putText(scope, given))
    }
    assert.equal(await deleteSession(store, scope), 0)
  })

  for (const [description, data] of notTexts) {
    it(`S7 bytes with ${description} are returned by get and rejected by getText`, async ({
      store,
    }) => {
      const scope = freshScope()
      const { id } = await store.putBytes(scope, data)
      await assertFails('invalid_record', () => store.getText(scope, id))
      assert.deepEqual(await store.get(scope, id), data)
    })
  }

  it('S7 bytes that are UTF-8 are returned by getText', async ({ store }) => {
    const scope = freshScope()
    const { id } = await store.putBytes(scope, bytesOf('\ufeffhéllo'))
    assert.equal(await store.getText(scope, id), '\ufeffhéllo')
  })
}
