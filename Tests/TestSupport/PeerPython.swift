// A Python with the libraries of the tools that share our files: h5py, netCDF4, xarray, zarr; torch; onnxruntime. The choice: the
// one that CONVLSTM_PYTHON names, mostly that of a virtual environment, since few systems have all of them.

import Foundation

/// A python3 for tests that are `.enabled(if: PeerPython.hasArchives, "needs CONVLSTM_PYTHON")`.
package enum PeerPython {
    private static let interpreter = ProcessInfo.processInfo.environment["CONVLSTM_PYTHON"] ?? "python3"

    /// Whether it has all libraries that write archives.
    package static let hasArchives = has("h5py, netCDF4, xarray, zarr")

    /// Whether it has PyTorch, and what reads exported weights.
    package static let hasTorch = has("numpy, safetensors.torch, torch")

    /// Whether it has what checks and runs exported graphs.
    package static let hasOnnx = has("numpy, onnx, onnxruntime")

    /// Whether it has TensorBoard's reader of event files.
    package static let hasTensorBoard = has("tensorboard.backend.event_processing.event_accumulator")

    private static func has(_ modules: String) -> Bool {
        (try? Command.run(interpreter, ["-c", "import " + modules]))?.status == 0
    }

    /// Runs a script in a folder, and returns its output; it starts with `import os, sys`.
    @discardableResult
    package static func run(_ script: String, in folder: TemporaryFolder) throws -> String {
        let result = try Command.run(interpreter, ["-c", "import os, sys\n" + script], directory: folder.path)
        guard result.status == 0 else { throw PythonError(description: result.stderr) }
        return result.stdout
    }
}
