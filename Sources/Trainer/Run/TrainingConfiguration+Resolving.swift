// Combines a command line, a file and a checkpoint to a configuration. The choice: options take precedence over
// the file's keys, and these over the model's values; the printed configuration is exactly what runs.

import Configuration
import DataLoading
import Formats

extension TrainingConfiguration {
    /// The configuration of a command: its model, changed by the file's keys, by the options, and by single keys.
    ///
    /// - Parameters:
    ///   - model: a preset's name or a model's file, as an option; nil for the file's, or else that of the
    ///     checkpoint to resume from or to take weights from, or else `small`.
    ///   - file: a YAML file of any part of a configuration.
    ///   - options: applies the options of the command line.
    ///   - keys: the keys that the command line sets beside its options.
    /// - Throws: a usage error, or the file's.
    package static func resolved(
        model: String?, file: String?, options: (inout TrainingConfiguration) -> Void = { _ in },
        keys: [KeyAssignment] = []
    ) throws -> TrainingConfiguration {
        let run = try runToGoOn(options)
        if let run, let file {
            throw TrainingError.usage(
                "--resume names the run in \(run), which has its own configuration, and --config is \(file); leave one of the two out"
            )
        }
        let file = run.map { $0 + "/config.yaml" } ?? file
        let layer = try file.map(ConfigurationLayer.init(path:))
        if let model, let named = layer?.modelName, try !SystemDescription.isMeant(by: model, named: named) {
            throw TrainingError.usage(
                "\(file!) is about model \(named) and --model is \(model); leave one of the two out")
        }
        let base = TrainingConfiguration(model: try system(named: model, layer: layer, options: options))
        var configuration = try layer?.applied(to: base) ?? base
        let record = file.map { (run: DataPlace.run(ofFile: $0), output: configuration.output) }
        options(&configuration)
        if let run { try configuration.goOn(in: run, options) }
        for key in keys { configuration = try key.applied(to: configuration) }
        if configuration.steps == nil && configuration.epochs == nil { configuration.epochs = defaultEpochs }
        configuration.data = try data(of: configuration, record, options)
        try configuration.check()
        // The printed configuration is exactly what runs, since every value passes through its text once.
        return try TrainingConfiguration(yaml: configuration.yaml, file: "the configuration")
    }

    /// The run whose folder `--resume` names; nil for a checkpoint, and for what is no folder.
    ///
    /// Throws a usage error for a folder without a run.
    private static func runToGoOn(_ options: (inout TrainingConfiguration) -> Void) throws -> String? {
        var probe = TrainingConfiguration(model: Presets.small)
        options(&probe)
        guard let folder = probe.resume.start, try Folder.isOne(folder) else { return nil }
        guard try Folder.holds(folder + "/config.yaml") else {
            throw TrainingError.usage(
                "--resume is \(folder), which is not the folder of a run: it has no config.yaml; name the folder of a run, or a "
                    + "checkpoint")
        }
        return folder
    }

    /// Goes on in the folder of a run.
    private mutating func goOn(in run: String, _ options: (inout TrainingConfiguration) -> Void) throws {
        var named = TrainingConfiguration(model: model)
        options(&named)
        if let output = named.output, try !Folder.isSame(output, run) {
            throw TrainingError.usage(
                "--resume names the run in \(run), and the output is \(output); leave one of the two out, or name a checkpoint "
                    + "of that run to start from")
        }
        (output, resume) = (run, .auto)
    }

    /// The data of a run: those of an option; or of a file, relative to here or to where its run was started; or of
    /// the checkpoint to resume from; or the only ones here.
    private static func data(
        of configuration: TrainingConfiguration, _ record: (run: String, output: String?)?,
        _ options: (inout TrainingConfiguration) -> Void
    ) throws -> String {
        var named = TrainingConfiguration(model: configuration.model)
        options(&named)
        if let data = named.data { return data }
        if let data = configuration.data {
            guard let record, try !Folder.holds(data) else { return data }
            return DataPlace.found(data, output: record.output, run: record.run) ?? data
        }
        if case .from(let path) = configuration.resume, let data = try CheckpointStore.read(path).dataPlace() {
            return data
        }
        return try DataSet.located()
    }

    /// The model that a run starts from.
    private static func system(
        named model: String?, layer: ConfigurationLayer?, options: (inout TrainingConfiguration) -> Void
    ) throws -> SystemDescription {
        if let name = model ?? layer?.startName { return try SystemDescription.named(name) }
        var probe = TrainingConfiguration(model: Presets.small)
        probe.resume = layer?.resume ?? probe.resume
        options(&probe)
        guard layer?.modelName == nil else { return probe.model }
        if case .from(let path) = probe.resume { return try CheckpointStore.read(path).checkpoint.configuration.model }
        return try probe.weights.map { try CheckpointStore.named($0).checkpoint.configuration.model } ?? probe.model
    }
}
