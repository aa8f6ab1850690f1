// The presets with published weights.

extension Presets {
    /// The import map of each preset that has one, by the preset's name.
    package static let importMaps = [
        pytorchSeq2seq.name: pytorchSeq2seqNames, mindsporeUpstream.name: .convLSTMPyTorch,
    ]
}
