// The exit code of each error. The choice: it is decided in one place, for errors of any module on any rank.

import CommandSupport
import Configuration
import Model

/// 2 for an invalid job, model or command line, 1 for other errors, 0 for help.
func processExitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as TrainingError: error.isUsage ? 2 : 1
    case is ModelError: 2
    default: commonExitCode(of: error)
    }
}
