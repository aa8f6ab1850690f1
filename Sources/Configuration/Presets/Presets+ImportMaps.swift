// The presets whose weights others have published.

extension Presets {
    /// The map of each preset that has one, by the preset's name.
    package static let importMaps = [
        pytorchSeq2seq.name: pytorchSeq2seqNames, mindsporeUpstream.name: .convLSTMPyTorch,
    ]
}
