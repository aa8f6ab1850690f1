// What a run tells TensorBoard: scalars, images, and hyperparameters.

import Foundation
import SwiftProtobuf

extension EventFile {
    /// Appends numbers, each under its tag, such as "loss/train".
    package func append(_ scalars: [(tag: String, value: Double)], at step: Int) throws {
        try append(
            scalars.map { tag, number in
                var value = TBSummary.Value()
                (value.tag, value.simpleValue) = (tag, Float(number))
                return value
            }, at: step)
    }

    /// Appends a picture.
    ///
    /// - Parameter png: the bytes of a PNG file of a color picture of this size.
    package func append(image png: [UInt8], width: Int, height: Int, tag: String, at step: Int) throws {
        var value = TBSummary.Value(), image = TBSummary.Image()
        (image.width, image.height, image.colorspace) = (Int32(clamping: width), Int32(clamping: height), 3)
        image.encodedImageString = Data(png)
        (value.tag, value.image) = (tag, image)
        try append([value], at: step)
    }

    /// Appends the hyperparameters of a run that begins: numbers as numbers, and anything else as text.
    package func append(hyperparameters: [(name: String, value: String)]) throws {
        var data = TBHParamsPluginData()
        data.sessionStartInfo.startTimeSecs = Date().timeIntervalSince1970
        for (name, text) in hyperparameters {
            data.sessionStartInfo.hparams[name] =
                Double(text).map(Google_Protobuf_Value.init(numberValue:)) ?? Google_Protobuf_Value(stringValue: text)
        }
        try append(data, tag: "_hparams_/session_start_info")
    }

    /// Appends the end of a run.
    package func appendEnd() throws {
        var data = TBHParamsPluginData()
        (data.sessionEndInfo.status, data.sessionEndInfo.endTimeSecs) = (1, Date().timeIntervalSince1970)
        try append(data, tag: "_hparams_/session_end_info")
    }

    private func append(_ data: TBHParamsPluginData, tag: String) throws {
        var value = TBSummary.Value()
        value.tag = tag
        value.metadata.pluginData.pluginName = "hparams"
        value.metadata.pluginData.content = try data.serializedBytes()
        try append([value], at: 0)
    }
}
