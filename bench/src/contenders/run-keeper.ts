/** One message of a chat, in the format of OpenAI; what else it holds goes along. */
export interface Message {
  readonly role: string
  readonly content?: string | null
}

/** One run of an agent. */
export interface RecordedRun {
  readonly userId: string
  readonly sessionId: string
  readonly messages: readonly Message[]
}

/** Keeps what an agent does, step by step, so that it can go on after any of them. */
export interface RunKeeper {
  readonly name: string
  readonly note?: string
  /** Keeps every step of a run of that tenant, each before the next one begins. */
  keep(tenantId: string, run: RecordedRun): Promise<void>
  /** Throws unless all of the run is there. */
  check(tenantId: string, run: RecordedRun): Promise<void>
  close(): Promise<void>
}
