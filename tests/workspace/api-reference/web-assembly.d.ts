/**
 * The types of a library for browsers that the declarations of TypeDoc's highlighter name. The tests
 * do not take that library, and use nothing of the highlighter.
 */
declare namespace WebAssembly {
  type ImportValue = unknown
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>
  }
  interface WebAssemblyInstantiatedSource {
    readonly instance: Instance
  }
}
