#!/usr/bin/env node
import { runInProcess } from './run-in-process.ts'

await runInProcess()
