// The names in state dicts of jhhuang96/ConvLSTM-PyTorch, for a system whose layers are named as in MindSpore's port.

extension ImportMap {
    /// The map of an encoder and a decoder of three ConvLSTM layers each, numbered from the frames inwards, with plain
    /// convolutions between them. Each cell is a convolution and a group normalization.
    package static let convLSTMPyTorch = ImportMap(
        cells.flatMap { layer, name in
            [
                Module(layer, ["\(name).conv.0"]),
                Module(layer, ["\(name).conv.1"], part: .normalization),
            ]
        } + convolutions.map { Module($0, [$1]) })

    private static let cells = [
        ("en_rnn1", "encoder.rnn1"), ("en_rnn2", "encoder.rnn2"), ("en_rnn3", "encoder.rnn3"),
        ("dn_rnn1", "decoder.rnn3"), ("dn_rnn2", "decoder.rnn2"), ("dn_rnn3", "decoder.rnn1"),
    ]

    private static let convolutions = [
        ("en_conv1", "encoder.stage1.conv1_leaky_1"), ("en_conv2", "encoder.stage2.conv2_leaky_1"),
        ("en_conv3", "encoder.stage3.conv3_leaky_1"), ("dn_conv1", "decoder.stage3.deconv1_leaky_1"),
        ("dn_conv2", "decoder.stage2.deconv2_leaky_1"), ("dn_conv3", "decoder.stage1.conv3_leaky_1"),
        ("dn_conv4", "decoder.stage1.conv4_leaky_1"),
    ]
}
