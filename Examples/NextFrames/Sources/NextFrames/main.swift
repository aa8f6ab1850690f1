// Trains a network on squares that move, and forecasts others. The choice: data that a few lines make, each square in a place and
// a direction of its own, so that the program needs no file and ends within seconds.

import ConvLSTM

/// Squares that cross frames of 16 x 16 pixels, ten frames each: (N, 10, 16, 16, 1).
func squares(_ numbers: Range<Int>) throws -> VideoBatch {
    var pixels: [Float] = []
    for number in numbers.map({ 1009 * $0 % 2304 }) {
        for time in 0..<10 {
            let left = number + (number / 256 % 3 - 1) * time, top = number / 16 + (number / 768 - 1) * time
            for y in 0..<16 {
                for x in 0..<16 { pixels.append((x - left) & 15 < 5 && (y - top) & 15 < 5 ? 1 : 0) }
            }
        }
    }
    return try VideoBatch(pixels, shape: [numbers.count, 10, 16, 16, 1])
}

let network = EncoderForecaster(hiddenChannels: [16, 16], patchSize: 2)
let model = try VideoModel(network, frame: FrameShape(height: 16, width: 16), seed: 1)
let trainer = try Trainer(model, loss: .binaryCrossEntropy, optimizer: Adam(learningRate: 0.005), clipNorm: 1)
for step in 1...120 {
    let batch = try squares(16 * step..<16 * step + 16)
    let loss = try trainer.step(inputs: batch.frames(0..<5), targets: batch.frames(5..<10))
    if step % 20 == 0 { print("loss of step \(step): \(Float(loss))") }
}

let unseen = try squares(2000..<2064), past = try unseen.frames(0..<5), future = try unseen.frames(5..<10)
let forecast = try trainer.model.forecast(from: past, frames: 5), still = try past.lastFrame(repeated: 5)
print("mean squared error of the forecast: \(Float(try forecast.meanSquaredError(to: future)))")
print("mean squared error of the last frame: \(Float(try still.meanSquaredError(to: future)))")
