// Finds the data that a checkpoint was trained on.

import Configuration
import DataLoading

extension CheckpointStore.Found {
    /// The path of the data that the run was trained on; nil if none was named.
    ///
    /// Throws a `TrainingError` if they no longer exist.
    package func dataPlace() throws(TrainingError) -> String? {
        let configuration = checkpoint.configuration
        guard let name = configuration.data else { return nil }
        let run = DataPlace.run(ofFile: path)
        if let found = DataPlace.found(name, output: configuration.output, run: run) { return found }
        throw DataPlace.absence(of: name, namedBy: path)
    }
}
