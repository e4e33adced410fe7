#!/usr/bin/env node
import { loadCommand } from './load-command.ts'

const command = await loadCommand()
if (typeof command === 'string') {
  process.stderr.write(`${command}\n`)
  process.exitCode = 2
} else {
  await command.runInProcess()
}
