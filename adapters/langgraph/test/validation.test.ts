import { onEachEngine } from './support/engines.ts'
import { validateSaver } from './support/validate-saver.ts'

onEachEngine("LangGraph's own cases for savers", (place) => validateSaver(place))
