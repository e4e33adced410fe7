import { setTimeout } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { newEventId, tenantOwner } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { isFullRun, shareOf } from '@harborage/test-kit/measure'
import { describe, expect, test } from 'vitest'
import { heldReads, heldRow, heldTable } from './support/held-row.ts'
import { engines, fill, ofSession, session, type TestPlace } from './support/filled-stores.ts'
import { runCommand } from './support/run-command.ts'
import { runOnTerminal } from './support/run-on-terminal.ts'
import { profilesToCopy } from './support/two-profiles.ts'

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const RETURN = '\r'
const ESCAPE = '\u001b'

// The terminal of Windows draws a screen of its own from what a program prints.
describe.runIf(process.platform !== 'win32')('on a real terminal', () => {
  // The narrowest is the hardest; on a wide one, what is too long shows in the full run.
  test.each(isFullRun ? [60, 80, 200] : [60])(
    'of %d columns, the help and every table fit',
    async (columns) => {
      const at = await engines.SQLite()
      await fill(at)
      for (const args of [
        ['help'],
        ['help', 'profiles'],
        ['usage', '--by', 'tenant'],
        ['doctor'],
      ]) {
        const { code, text } = await runOnTerminal(args, { columns, env: at.env }).ended()
        expect({ args, code }).toEqual({ args, code: 0 })
        const wide = text.split('\n').filter((line) => line.length > columns)
        // A path and what has to be typed are not broken.
        expect(wide.filter((line) => !/^healthy|^ {2}harborage /.test(line))).toEqual([])
      }
    },
  )

  test('results have colors and bars, with NO_COLOR and --no-color only bars, in a pipe none', async () => {
    const at = await engines.SQLite()
    await fill(at)
    const args = ['usage', '--by', 'tenant']
    const colored = await runOnTerminal(args, at).ended()
    expect(colored.raw).toContain(`${ESCAPE}[`)
    expect(colored.text).toContain('█')
    for (const run of [
      runOnTerminal(args, { env: { ...at.env, NO_COLOR: '1' } }),
      runOnTerminal([...args, '--no-color'], at),
      runOnTerminal(args, { env: { ...at.env, TERM: 'dumb' } }),
    ]) {
      const { raw, text } = await run.ended()
      expect(raw).not.toContain(ESCAPE)
      expect(text).toBe(colored.text)
    }
    const piped = await runCommand(args, at)
    expect(piped.stdout).toBe(stripVTControlCharacters(piped.stdout))
    expect(piped.stdout).not.toContain('█')
  })

  test('erase asks for the name of the tenant, and takes no other answer', async () => {
    const at = await engines.SQLite()
    await fill(at)
    const asked = 'Type the name of the tenant, acme, to remove it: '
    for (const answer of shareOf(['yes', 'globex', ''], { of: 3, part: 1 })) {
      const refused = runOnTerminal(['erase', '-t', 'acme'], at)
      await refused.shows(asked)
      refused.type(answer + RETURN)
      const { code, text } = await refused.ended()
      expect(code).toBe(1)
      expect(text).toContain('nothing was removed')
    }
    expect(await countIn(at)).toBe(5)
    const erasing = runOnTerminal(['erase', '-t', 'acme'], at)
    await erasing.shows(asked)
    erasing.type(`acme${RETURN}`)
    const { code, text } = await erasing.ended()
    expect(code).toBe(0)
    expect(text).toContain('nothing is left of it')
    expect(await countIn(at)).toBe(0)
  })

  test('Ctrl-C at the question removes nothing and exits 130', async () => {
    const at = await engines.SQLite()
    await fill(at)
    const erasing = runOnTerminal(['erase', ...ofSession], at)
    await erasing.shows('Remove it? Type yes: ')
    erasing.type(CTRL_C)
    expect((await erasing.ended()).code).toBe(130)
    expect(await countIn(at)).toBe(5)
  })

  test('Ctrl-D at the question removes nothing and says so', async () => {
    const at = await engines.SQLite()
    await fill(at)
    const erasing = runOnTerminal(['erase', ...ofSession], at)
    await erasing.shows('Remove it? Type yes: ')
    erasing.type(CTRL_D)
    const { code, text } = await erasing.ended()
    expect(code).toBe(1)
    expect(text).toContain('there was no answer: nothing was removed')
    expect(await countIn(at)).toBe(5)
  })

  test('Ctrl-C in the middle of erase ends it after its batch; the same command finishes', async () => {
    const at = await engines.Postgres()
    await fill(at)
    const args = ['erase', '-t', 'acme', '--yes', 'acme']
    const erasing = await (async () => {
      await using _ = await heldRow(at.dsn, 'artifacts_blobs')
      const started = runOnTerminal(args, at)
      await started.shows('slots removed')
      started.type(CTRL_C)
      await started.shows('stopping after the current batch')
      return started
    })()
    const { code, text } = await erasing.ended()
    expect(code).toBe(130)
    expect(text).toMatch(/stopped: \d+ records remain\. The same command erases them\./)
    const again = await runCommand(args, at)
    expect(again.code).toBe(0)
    expect((await runCommand(['ls', '-t', 'acme'], at)).code).toBe(4)
  })

  test('Ctrl-C in the middle of copy ends it after its batch; the same command finishes', async () => {
    const places = { from: await engines.SQLite(), to: await engines.Postgres() }
    const cwd = await profilesToCopy(places)
    const args = ['copy', 'from', 'to']
    const copying = await (async () => {
      await using _ = await heldTable(places.to.dsn, 'artifacts_blobs')
      const started = runOnTerminal(args, { cwd })
      await started.shows('state      6 records copied')
      started.type(CTRL_C)
      await started.shows('stopping after the current batch')
      return started
    })()
    const { code, text } = await copying.ended()
    expect(code).toBe(130)
    expect(text).toContain('stopped: the copy is not complete. The same command goes on with it.')
    expect((await runCommand(args, { cwd })).code).toBe(0)
    expect((await runCommand(['verify', 'from', 'to'], { cwd })).code).toBe(0)
  })

  test('Ctrl-C in the middle of prune ends it after its batch; the same command finishes', async () => {
    const at = await engines.Postgres()
    await fill(at)
    const args = ['prune', '--older-than', '1s', '--all-kinds']
    const pruning = await (async () => {
      await using lock = await heldRow(at.dsn, 'artifacts_blobs')
      await setTimeout(1_100)
      const started = runOnTerminal(args, at)
      await started.shows('slots of 6 removed')
      await lock.blocks()
      started.type(CTRL_C)
      await started.shows('stopping after the current batch')
      return started
    })()
    const { code, text } = await pruning.ended()
    expect(code).toBe(130)
    expect(text).toContain('stopped: what is left remains. The same command removes it.')
    expect((await runCommand(args, at)).code).toBe(0)
    expect((await runCommand([...args, '--dry-run'], at)).code).toBe(0)
  })

  test('copy counts before it takes the lease of the target, which nothing renews then', async () => {
    const places = { from: await engines.Postgres(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    const copying = await (async () => {
      await using lock = await heldReads(places.from.dsn, 'journal_entries')
      const started = runOnTerminal(['copy', 'from', 'to'], { cwd })
      await lock.blocks()
      await using database = await places.to.open()
      await using state = await openStateStore({ database })
      expect(await state.load(tenantOwner({ tenantId: 'harborage.copy' }), 'copy.lease')).toBe(
        undefined,
      )
      return started
    })()
    expect((await copying.ended()).code).toBe(0)
  })

  test('a second Ctrl-C ends it at once', async () => {
    const at = await engines.Postgres()
    await fill(at)
    await using _ = await heldRow(at.dsn, 'artifacts_blobs')
    const erasing = runOnTerminal(['erase', '-t', 'acme', '--yes', 'acme'], at)
    await erasing.shows('slots removed')
    erasing.type(CTRL_C)
    await erasing.shows('Ctrl-C again ends it at once')
    erasing.type(CTRL_C)
    expect((await erasing.ended()).code).toBe(130)
  })

  test('--raw does not write to it, and long content is cut there only', async () => {
    const at = await engines.SQLite()
    await fill(at)
    {
      await using database = await at.open()
      await using state = await openStateStore({ database })
      const bytes = Buffer.from(JSON.stringify(Array.from({ length: 1_000 }, (_, n) => n)))
      await state.save({ eventId: newEventId(), identity: session, kind: 'long', bytes })
    }
    const args = ['show', 'slot', 'long', ...ofSession]
    const raw = await runOnTerminal([...args, '--raw'], at).ended()
    expect(raw.code).toBe(2)
    const cut = await runOnTerminal(args, at).ended()
    expect(cut.text).toContain('--all shows everything')
    expect(cut.text).not.toContain('999')
    const whole = await runOnTerminal([...args, '--all'], at).ended()
    expect(whole.text).toMatch(/ {2}999\n\]\n$/)
    expect((await runCommand(args, at)).stdout).toMatch(/ {2}999\n\]\n$/)
  })
})

/** Returns how many slots of the first tenant there are. */
async function countIn(at: TestPlace): Promise<number> {
  const { stdout } = await runCommand(['usage', '-t', 'acme', '--json'], at)
  const state = stdout.split('\n').find((line) => line.includes('"store":"state"'))
  return state === undefined ? 0 : (JSON.parse(state) as { records: number }).records
}
