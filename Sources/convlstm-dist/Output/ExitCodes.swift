// Which exit code an error means. The choice: decided in one place, for errors of any module, wherever a rank meets
// them.

import CommandSupport
import Configuration
import Model

/// 2 for a job, a system or a command line that cannot be, 1 for all else; 0 for help.
func processExitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as TrainingError: error.isUsage ? 2 : 1
    case is ModelError: 2
    default: commonExitCode(of: error)
    }
}
