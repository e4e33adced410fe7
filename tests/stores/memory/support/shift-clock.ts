// Loaded before a script: moves its clock ahead by the milliseconds in CLOCK_SHIFT_MS.
const shift = Number(process.env['CLOCK_SHIFT_MS'])
const RealDate = Date

class ShiftedDate extends RealDate {
  constructor(...given: [] | [value: number | string | Date]) {
    super(given.length === 0 ? ShiftedDate.now() : given[0])
  }

  static override now(): number {
    return RealDate.now() + shift
  }
}

Object.assign(globalThis, { Date: ShiftedDate })
