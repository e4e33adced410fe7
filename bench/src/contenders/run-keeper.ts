/** A chat message in the format of OpenAI, with all of its other fields. */
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

/** A store of the steps of an agent, which can resume after any of them. */
export interface RunKeeper {
  readonly name: string
  readonly note?: string
  /** Stores every step of a run of this tenant, each before the next one begins. */
  keep(tenantId: string, run: RecordedRun): Promise<void>
  /** Throws unless the complete run is stored. */
  check(tenantId: string, run: RecordedRun): Promise<void>
  close(): Promise<void>
}
