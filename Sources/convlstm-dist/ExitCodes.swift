// Which exit code an error means, and who prints it. The choice: decided in one place, for errors of any module.

import ArgumentParser
import Collectives
import Foundation
import Model
import Trainer

/// 2 for what was asked wrongly, 1 for all else; 0 for help.
func processExitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as TrainingError: return error.isUsage ? 2 : 1
    case is ModelError: return 2
    default:
        let code = ConvLSTMDist.exitCode(for: error)
        return code == .validationFailure ? 2 : code.rawValue
    }
}

/// Prints on one rank what all ranks know without having spoken to each other. The others wait for it, because a launcher
/// ends all processes when the first of them is done.
///
/// - Parameter isError: whether mpirun would have ended a rank by then, if the first had the same to say: it is the only
///   one that was started wrongly, and says so.
func speakForAllRanks(isError: Bool = false, _ printing: () -> Void) {
    let launcher = try? Launcher.detected(in: ProcessInfo.processInfo.environment)
    guard let launcher, launcher.rank != 0 else { return printing() }
    Thread.sleep(forTimeInterval: isError ? 2 : 0.5)
    guard isError, launcher.name == "mpirun" else { return }
    FileHandle.standardError.write(Data("rank \(launcher.rank) of \(launcher.announcedRanks) alone: ".utf8))
    printing()
}
