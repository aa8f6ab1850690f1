// Which exit code an error means. The choice: decided in one place, for errors of any module.

import ArgumentParser
import Model
import Platform
import Trainer

/// 2 for what was asked wrongly, 1 for all else; 0 for help.
func processExitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as TrainingError: return error.isUsage ? 2 : 1
    case is ModelError, is SeveralProcesses: return 2
    case let interrupted as Interrupted: return interrupted.exitCode
    case let lost as LostOutput: return lost.exitCode
    default:
        let code = ConvLSTMDist.exitCode(for: error)
        return code == .validationFailure ? 2 : code.rawValue
    }
}
