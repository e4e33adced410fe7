import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Stopped } from '../src/stopped.ts'
import { empty, exported, filled, OF_TENANT } from './support/exports.ts'
import type { TestPlace } from './support/filled-stores.ts'
import { runCommand } from './support/run-command.ts'
import { runOnTerminal, runScriptOnTerminal } from './support/run-on-terminal.ts'

const bin = join(import.meta.dirname, '../src/bin.ts')
const CTRL_C = '\u0003'
const IMPORT = ['import', '-t', 'acme']
const STOPPED =
  'stopped: 5 records imported, 0 records there already, and what follows is missing. The same command goes on with it.'

describe('an import that is stopped while its pipe has nothing to read', () => {
  test('ends, says what was imported, and the same command goes on', async () => {
    const { target, whole, part } = await halfAnExport()
    const stop = new AbortController()
    const stdin = new PassThrough()
    stdin.write(part)
    const running = runCommand(IMPORT, { ...target, stdin, signal: stop.signal })
    await holdsSlots(target)
    stop.abort(new Stopped('SIGINT'))
    expect(await running).toEqual({ code: 130, stdout: '', stderr: `${STOPPED}\n` })
    expect(await runCommand(IMPORT, { ...target, stdin: whole })).toMatchObject({
      code: 0,
      stdout: '7 records imported, 5 records there already\n',
    })
  })

  test('before it has read anything, says that nothing was imported', async () => {
    const target = await empty('SQLite')
    const signal = AbortSignal.abort(new Stopped('SIGINT'))
    const { code, stderr } = await runCommand(IMPORT, { ...target, signal })
    expect(code).toBe(130)
    expect(stderr).toContain('stopped: nothing was imported')
  })

  test.runIf(process.platform !== 'win32')('ends as a process of its own', async () => {
    const { target, part } = await halfAnExport()
    const env = { ...process.env, ...target.env }
    const child = spawn(process.execPath, [bin, ...IMPORT], { env })
    let said = ''
    child.stderr.on('data', (data: Buffer) => (said += data.toString()))
    child.stdin.write(part)
    await holdsSlots(target)
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number | null]
    expect({ code, said }).toEqual({ code: 130, said: `${STOPPED}\n` })
  })
})

describe.runIf(process.platform !== 'win32')('in a shell', () => {
  test('Ctrl-C that ends the program before the pipe, too, is no fault of the file', async () => {
    const { target, part } = await halfAnExport()
    const file = join(await temporaryFolder(), 'part.jsonl')
    await writeFile(file, part)
    // The shell itself goes on, and prints how the command ended.
    const script = `trap : INT; { cat ${file}; exec sleep 1000; } | "$@" import -t acme; echo "ended with $?"`
    const running = runScriptOnTerminal(script, { ...target, columns: 200 })
    await holdsSlots(target)
    running.type(CTRL_C)
    const { text } = await running.ended()
    expect(text).toContain(STOPPED)
    expect(text).toContain('ended with 130')
    expect(text).not.toContain('before its end')
  })

  test('a named pipe is read once, as a pipe', async () => {
    const { target, whole } = await halfAnExport()
    const fifo = await namedPipe()
    const [imported] = await Promise.all([
      runCommand(['import', fifo, '-t', 'acme'], target),
      writeFile(fifo, whole),
    ])
    expect(imported).toMatchObject({ code: 0, stdout: '12 records imported\n' })
    expect((await runCommand(OF_TENANT, target)).code).toBe(0)
  })

  test('an import from a named pipe that no program writes to ends', async () => {
    const target = await empty('SQLite')
    const fifo = await namedPipe()
    onTestFinished(() => openedByWriter(fifo))
    const stop = new AbortController()
    const running = runCommand(['import', fifo, '-t', 'acme'], { ...target, signal: stop.signal })
    // Wherever it is by then, it has to end. It is most likely to wait for the pipe.
    await setTimeout(300)
    stop.abort(new Stopped('SIGINT'))
    const { code, stderr } = await running
    expect(code).toBe(130)
    expect(stderr).toContain('stopped: nothing was imported')
  })

  test('an import from a named pipe ends while the pipe has nothing to read', async () => {
    const { target, part } = await halfAnExport()
    const fifo = await namedPipe()
    const writer = spawn('sh', ['-c', `cat > ${fifo}`], { stdio: ['pipe', 'ignore', 'inherit'] })
    writer.stdin.write(part)
    const running = runOnTerminal(['import', fifo, '-t', 'acme'], { ...target, columns: 200 })
    await holdsSlots(target)
    running.type(CTRL_C)
    const { code, text } = await running.ended()
    writer.stdin.end()
    await once(writer, 'close')
    expect(code).toBe(130)
    expect(text).toContain(STOPPED)
  })
})

/** Returns an empty place, an export, and its beginning: the slots and one record of what follows. */
async function halfAnExport() {
  const { stdout: whole } = await exported(await filled('SQLite'))
  const part = whole
    .split('\n')
    .slice(0, 7)
    .map((line) => `${line}\n`)
    .join('')
  return { target: await empty('SQLite'), whole, part }
}

/** Resolves once the slots were imported. */
async function holdsSlots(target: TestPlace): Promise<void> {
  for (;;) {
    const { stdout } = await runCommand(['usage', '-t', 'acme', '--json'], target)
    if (stdout.includes('"records":5')) return
  }
}

async function namedPipe(): Promise<string> {
  const path = join(await temporaryFolder(), 'pipe')
  await promisify(execFile)('mkfifo', [path])
  return path
}

/** Opens a named pipe as a program would that writes nothing, so that no reader waits for one. */
async function openedByWriter(path: string): Promise<void> {
  const { O_WRONLY, O_NONBLOCK } = constants
  // It is refused if there is no reader.
  const file = await open(path, O_WRONLY | O_NONBLOCK).catch(() => undefined)
  await file?.close()
}
