import Foundation
import TestSupport
import Testing

/// The events of a run, read by TensorBoard's own reader.
@Suite(.enabled(if: PeerPython.hasTensorBoard, "needs CONVLSTM_PYTHON with tensorboard")) struct TensorBoardTests {
    /// After a run that was stopped and went on, every scalar is that of the tables, each step once.
    @Test func tensorBoardReadsWhatTheTablesHold() throws {
        let example = try TrainingExample.shared.get(), output = example.freshOutput()
        try example.train(ranks: 2, output, ["--steps", "4", "--checkpoint-every", "2", "--keep", "9"])
        try FileManager.default.removeItem(
            atPath: example.folder.file("\(output)/checkpoints/step-000000004.safetensors.zst"))
        try example.train(ranks: 2, output, ["--steps", "6", "--checkpoint-every", "2", "--keep", "9"])
        let script = """
            import csv
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            from tensorboard.plugins.hparams import plugin_data_pb2
            run = '\(output)'
            e = EventAccumulator(run, size_guidance={'scalars': 0, 'images': 0}); e.Reload()
            names = {'loss/training': 'loss', 'step/learning_rate': 'learning_rate', 'step/gradient_norm': 'gradient_norm',
                     'step/sequences_per_s': 'sequences_per_s'}
            def same(tag, rows, column):
                events = e.Scalars(tag)
                return [x.step for x in events] == [int(r['step']) for r in rows] and all(
                    abs(x.value - float(r[column])) <= max(1e-6 * abs(float(r[column])), 0.006 * column.endswith('_s')) for x, r in zip(events, rows))
            rows = list(csv.DictReader(open(run + '/metrics.csv')))
            print(len(rows), all(same(t, rows, c) for t, c in names.items()))
            print(same('loss/validation', list(csv.DictReader(open(run + '/validation.csv'))), 'loss'))
            print(sorted(e.Tags()['images']), {i.encoded_image_string[1:4] for i in e.Images('forecast/0')})
            content = e.SummaryMetadata('_hparams_/session_start_info').plugin_data.content
            data = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
            print(data['learningRate'].number_value, data['name'].string_value, data['batchSize'].number_value)
            content = e.SummaryMetadata('_hparams_/session_end_info').plugin_data.content
            print(plugin_data_pb2.HParamsPluginData.FromString(content).session_end_info.status)
            """
        let printed = try PeerPython.run(script, in: example.folder).split(separator: "\n")
        #expect(
            printed == [
                "6 True", "True", "['forecast/0', 'forecast/1', 'forecast/2'] {b'PNG'}", "0.01 tiny 6.0", "1",
            ], "\(printed)")
    }
}
