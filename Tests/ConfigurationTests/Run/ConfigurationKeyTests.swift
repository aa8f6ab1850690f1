import Configuration
import Testing

@Suite struct ConfigurationKeyTests {
    /// A property without a key would be neither read from a file nor printed.
    @Test func everyPropertyHasAKey() {
        let properties = Mirror(reflecting: TrainingConfiguration(model: Presets.small)).children.compactMap(\.label)
        #expect(Set(properties) == Set(TrainingConfiguration.keyNames + ["model"]))
        #expect(properties.count == TrainingConfiguration.keyNames.count + 1)
    }
}
