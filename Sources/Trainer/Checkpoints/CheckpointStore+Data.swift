// The data that a checkpoint was trained on, found again.

import Configuration
import DataLoading

extension CheckpointStore.Found {
    /// The path of the data that the run was trained on; nil where none was named.
    ///
    /// Throws a `TrainingError` where they are no longer to be found.
    package func dataPlace() throws(TrainingError) -> String? {
        let configuration = checkpoint.configuration
        guard let name = configuration.data else { return nil }
        let run = DataPlace.run(ofFile: path)
        if let found = DataPlace.found(name, output: configuration.output, run: run) { return found }
        throw DataPlace.absence(of: name, namedBy: path)
    }
}
