import Configuration
import Model
import TestSupport
import Testing

/// Keys of a configuration set one by one.
@Suite struct KeyAssignmentTests {
    private let base = TrainingConfiguration(model: Presets.nowcast)

    private func set(_ texts: String..., in base: TrainingConfiguration? = nil) throws -> TrainingConfiguration {
        try texts.reduce(base ?? self.base) { try KeyAssignment($1).applied(to: $0) }
    }

    /// The configuration that a file with the same keys gives.
    private func read(_ yaml: String) throws -> TrainingConfiguration {
        let folder = try TemporaryFolder()
        return try ConfigurationLayer(path: folder.write(Array(yaml.utf8), to: "keys.yaml")).applied(to: base)
    }

    /// Each key does what it does in a file: numbers, words, null, mappings, alternatives.
    @Test(arguments: [
        ("checkpointEvery=7", "checkpointEvery: 7"),
        ("model.optimizer.adam.beta1=0.5", "model: {optimizer: {adam: {beta1: 0.5}}}"),
        ("model.optimizer.sgd.momentum=0.9", "model: {optimizer: {sgd: {momentum: 0.9}}}"),
        ("model.schedule=constant", "model: {schedule: constant}"),
        ("model.sequences.crop={height: 64, width: 32}", "model: {sequences: {crop: {height: 64, width: 32}}}"),
        ("model.clipNorm=null", "model: {clipNorm: null}"),
        ("model.sequences.fill=-32", "model: {sequences: {fill: -32}}"),
        ("maxTime=2h", "maxTime: 2h"),
    ])
    func aKeyMeansWhatItMeansInAFile(text: String, yaml: String) throws {
        var expected = try read(yaml)
        expected.output = base.output
        #expect(try set(text) == expected && expected != base)
    }

    @Test func listsAreEnteredByPlaceAndByName() throws {
        let byPlace = try set("model.network.encoder[2].convLSTM.hidden=8")
        #expect(byPlace == (try set("model.network.encoder.encoder1.convLSTM.hidden=8")))
        guard case .convLSTM(let cell) = byPlace.model.network.encoder[2].operation else {
            Issue.record("no ConvLSTM")
            return
        }
        #expect(cell.hidden == 8 && byPlace.model.network.encoder[5] == base.model.network.encoder[5])
    }

    @Test func laterKeysBuildOnEarlierOnes() throws {
        let both = try set("model.optimizer.sgd.momentum=0.9", "model.optimizer.sgd.momentum=0.5")
        #expect(both == (try set("model.optimizer.sgd.momentum=0.5")))
    }

    /// The words are those of a file, and name what was given.
    @Test(arguments: [
        ("model.optimizer.adam.beta3=1", "did you mean model.optimizer.adam.beta1?"),
        ("modle.batchSize=2", "did you mean model?"),
        ("model.batchSize=two", "--set model.batchSize=two: model.batchSize has a value of the wrong kind"),
        ("model.network.encoder[12].convLSTM.hidden=8", "the last of which is [8]"),
        ("model.network.encoder.encoder4.convLSTM.hidden=8", "did you mean encoder1?"),
        ("model.batchSize[0]=2", "leave the [ ] out"), ("model.batchSize", "give KEY=VALUE"), ("=3", "give KEY=VALUE"),
        ("a..b=3", "names no key"), ("a[x]=3", "names no key"), ("epochs=", "gives no value"),
        ("epochs={", "--set epochs={"),
        ("resume=never", "give --resume"), ("model=small", "give --model"),
    ])
    func whatCannotBeSetIsSaid(text: String, words: String) {
        let error = #expect(throws: TrainingError.self) { try set(text) }
        #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }
}
