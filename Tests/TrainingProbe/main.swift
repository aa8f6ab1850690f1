// A program for the tests: trains as convlstm-dist does, with one bit flipped in one sum that one rank receives.
// Arguments: a configuration file, the rank, and the index of the gradient's all-reduce.
import Configuration
import Platform
import Supervision
import Collectives
import Foundation
import Trainer

let (file, rank, turned) = (CommandLine.arguments[1], Int(CommandLine.arguments[2])!, Int(CommandLine.arguments[3])!)

do {
    try runOnEveryRank { communicator in
        _ = try TrainingRun.train(
            on: FaultyCommunicator(communicator, rank: rank, turned: turned), since: now(), sources: ""
        ) {
            try TrainingConfiguration.resolved(model: nil, file: file)
        }
    }
} catch {
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    exit(1)
}
