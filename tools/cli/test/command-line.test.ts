import { commands } from '../src/commands.ts'
import { describe, expect, test } from 'vitest'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

describe('the help', () => {
  test('lists every command, and the exit codes', async () => {
    const { code, stdout, stderr } = await runCommand([])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name } of commands) expect(stdout).toContain(`\n  ${name} `)
    expect(stdout).toContain('130')
    expect(await runCommand(['--help'])).toEqual({ code, stdout, stderr })
  })

  test.each(commands.map(({ name }) => name))(
    'of %s has examples, and every option that they use',
    async (name) => {
      const { code, stdout } = await runCommand(['help', name])
      expect(code).toBe(0)
      expect(await runCommand([name, '--help'])).toMatchObject({ code, stdout })
      const command = commands.find((each) => each.name === name)
      expect(command?.examples.length).toBeGreaterThan(0)
      const written = [...(command?.options ?? [])].flatMap(({ name: option, short }) => [
        `--${option}`,
        ...(short === undefined ? [] : [`-${short}`]),
      ])
      for (const { command: typed } of command?.examples ?? []) {
        const used = typed.split(' ').filter((word) => word.startsWith('-'))
        expect([...written, '--json']).toEqual(expect.arrayContaining(used))
      }
    },
  )

  test('fits into 80 columns', async () => {
    for (const about of [[], ['help', 'profiles'], ...commands.map(({ name }) => ['help', name])]) {
      const { stdout } = await runCommand(about)
      const wide = stdout
        .split('\n')
        .filter((line) => line.length > 80 && !/^ {2}harborage /.test(line))
      expect(wide).toEqual([])
    }
  })

  test('is one line of JSON with --json', async () => {
    const [line, ...others] = jsonLinesOf(await runCommand(['help', 'status', '--json']))
    expect(line).toMatchObject({ v: 1, type: 'help' })
    expect(others).toEqual([])
  })
})

describe('a wrong command line exits 2, says what is right, and repeats no value', () => {
  test.each([
    ['an unknown command', ['stauts'], 'did you mean "harborage status"?'],
    ['a page of the help', ['profiles'], 'did you mean "harborage help profiles"?'],
    ['a misspelled page of the help', ['help', 'profile'], '"harborage help profiles"?'],
    ['an option before the command', ['--json', 'status'], 'write the command first'],
    ['an unknown option', ['status', '--dtabase', 'x'], 'did you mean --database?'],
    ['an option without its value', ['ls', '--tenant'], '--tenant lacks its value'],
    [
      'an option in the place of a value',
      ['ls', '--tenant', '--user', 'ann'],
      '--tenant lacks its value',
    ],
    ['an empty value', ['ls', '--tenant', ''], '--tenant is empty'],
    ['a value that is not wanted', ['ls', '--json=yes'], '--json takes no value'],
    ['an option twice', ['ls', '-t', 'a', '-t', 'b'], '--tenant is given twice'],
    ['a session without its user', ['ls', '-t', 'a', '-s', 'b'], '--session needs --user'],
    ['a limit in words', ['ls', '--limit', 'few'], '--limit is no whole number'],
    ['an argument too many', ['status', 'secret'], 'more arguments than status takes'],
    ['a missing argument', ['show'], 'WHAT is missing'],
    ['a thing that is not shown', ['show', 'secret', 'x'], 'WHAT is none of slot'],
    ['a slot without its kind', ['show', 'slot', '-t', 'a'], 'NAME is missing'],
    ['no tenant', ['erase'], 'pass --tenant'],
    ['another group', ['usage', '--by', 'secret'], '--by is none of store'],
    ['no place', ['status'], 'HARBORAGE_DATABASE'],
    ['a missing file', ['status', '--config', 'none.json'], 'there is no file /none.json'],
    ['a missing profile', ['status', '--profile', 'secret'], 'there is no profile'],
    ['memory', ['status', '--database', 'memory:'], 'keeps nothing'],
    ['an unknown scheme', ['status', '--database', 'mysql://secret'], 'unknown scheme'],
    ['a password', ['status', '--database', 'postgres://ann:secret@host/db'], 'HARBORAGE_DATABASE'],
  ])('%s', async (_, args, advice) => {
    const { code, stdout, stderr } = await runCommand(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(advice)
    expect(stderr).not.toContain('secret')
  })

  test('as a line of JSON with --json', async () => {
    const { code, stdout, stderr } = await runCommand(['status', '--json'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(jsonLinesOf({ stdout: stderr })).toMatchObject([{ v: 1, type: 'error', code: 'usage' }])
  })
})

test.each(['--version', '-v', 'version'])('%s is the version of the package', async (asked) => {
  const { code, stdout } = await runCommand([asked])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
