/** All suites in one file: Jest loads each module anew for each file, which takes the most time. */
import './suites/artifacts.ts'
import './suites/memory.ts'
import './suites/state.ts'
import './suites/users-tests.ts'
