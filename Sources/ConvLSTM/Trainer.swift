// Training. The choice: the steps of the program's own training, in its order, from the same parts: gradients of eight parts of
// a batch, added along a tree, clipped, and Adam. So this ends with the bits of `convlstm-dist train --virtual-ranks 8`.

import Kernels
import Model

/// Trains a model, one batch at a time.
///
/// A trainer has a copy of the model, the moments of the optimizer, and the memory of a batch, which it keeps for the
/// next one of the same shape. Parameters after a step depend on those before, on the batches and on the constants, and
/// not on the number of threads: the same calls give the same bits.
public final class Trainer {
    /// The learning rate of the next step, above 0 and at most 1; change it between steps to follow a schedule.
    public var learningRate: Double

    /// The number of steps that were made.
    public private(set) var stepCount = 0

    private let network: EncoderForecaster
    private let frame: FrameShape
    private let loss: Loss
    private let adam: Adam
    private let clipNorm: Double?

    private let built: Network<Float>
    private let pool: ThreadPool
    private let values: ParameterVector<Float>
    private var optimizer: Model.Optimizer
    private var weights: PreparedNetwork<Float>
    private var parts: BatchParts?

    /// The model as it is now.
    public var model: VideoModel { VideoModel(network, frame: frame, parameters: values) }

    /// Prepares the training of a model.
    ///
    /// - Parameters:
    ///   - model: the model to begin with, which does not change.
    ///   - loss: what training makes small.
    ///   - optimizer: the constants of the optimizer; its moments begin at 0.
    ///   - clipNorm: the largest norm of a gradient, as in PyTorch's `clip_grad_norm_`; nil for no limit.
    ///   - threads: the number of threads that compute; nil for one per core. More than eight have nothing to do.
    /// - Throws: ``ConvLSTMError`` if a number is out of its range, or there are not so many threads or not enough
    ///   memory.
    public init(
        _ model: VideoModel, loss: Loss = .meanSquaredError, optimizer: Adam = Adam(), clipNorm: Double? = nil,
        threads: Int? = nil
    ) throws(ConvLSTMError) {
        try optimizer.check()
        if let clipNorm, !(clipNorm > 0 && clipNorm.isFinite) {
            throw ConvLSTMError("clipNorm is \(clipNorm); choose a positive number, or leave it out for no limit")
        }
        (network, frame, self.loss) = (model.network, model.frame, loss)
        (adam, learningRate, self.clipNorm) = (optimizer, optimizer.learningRate, clipNorm)
        let size = try Threads.number(threads, atMost: BatchParts.count)
        let built = try model.built(for: .training), vectors = 3 + optimizer.description.moments.count
        try Memory.require(
            vectors * built.layout.count * MemoryLayout<Float>.stride, for: "the training of a network of this size")
        let pool = try ConvLSTMError.wrapping { try ThreadPool(size) }
        (self.built, self.pool) = (built, pool)
        values = model.vector(built.layout)
        self.optimizer = Model.Optimizer(optimizer.description, layout: built.layout)
        weights = built.prepare(values, on: pool)
    }

    /// Makes one training step: computes the loss of a batch and its gradient, and moves the parameters.
    ///
    /// - Parameters:
    ///   - inputs: the given frames, (N, T, H, W, C).
    ///   - targets: the frames to forecast, (N, any number of frames, H, W, C), those that follow the inputs.
    /// - Returns: the loss of the batch before the step.
    /// - Throws: ``ConvLSTMError`` if the batches have different numbers of sequences or frames of another shape than
    ///   the model's, if there is not enough memory, or if loss or gradient are not finite. The parameters are then as
    ///   they were.
    @discardableResult
    public func step(inputs: VideoBatch, targets: VideoBatch) throws(ConvLSTMError) -> Double {
        try check(inputs, targets)
        let parts = try parts(for: inputs, targets)
        let (value, gradient) = parts.computeGradient(inputs, targets, weights, on: pool)
        let clipping = Clipping(gradient, byValue: nil, toNorm: clipNorm, on: pool)
        guard value.isFinite, clipping.norm.isFinite else {
            throw ConvLSTMError(
                "the loss of step \(stepCount + 1) is \(value) and the norm of its gradient \(clipping.norm), so it is not "
                    + "made; go back to a model that was saved before, and lower the learning rate or set clipNorm")
        }
        optimizer.update(
            values, along: gradient, at: StepHyperparameters(learningRate: learningRate), clip: clipping.clip, on: pool)
        weights = built.prepare(values, on: pool)
        stepCount += 1
        return value
    }

    private func check(_ inputs: VideoBatch, _ targets: VideoBatch) throws(ConvLSTMError) {
        try inputs.check("inputs", for: frame)
        try targets.check("targets", for: frame)
        guard inputs.sequenceCount == targets.sequenceCount else {
            throw ConvLSTMError(
                "there are inputs of \(inputs.sequenceCount) sequences and targets of \(targets.sequenceCount); give as many of both"
            )
        }
        try loss.check(targets)
        var adam = adam
        adam.learningRate = learningRate
        try adam.check()
    }

    /// The memory for batches of this shape, kept for the next one.
    private func parts(for inputs: VideoBatch, _ targets: VideoBatch) throws(ConvLSTMError) -> BatchParts {
        let unrolling = Unrolling(
            built, inputFrames: inputs.frameCount, forecasting: targets.frameCount, forecastOffset: inputs.frameCount)
        if let parts, parts.sequenceCount == inputs.sequenceCount, parts.unrolling == unrolling { return parts }
        parts = nil
        let new = try BatchParts(built, sequences: inputs.sequenceCount, unrolling, loss.evaluated)
        parts = new
        return new
    }
}
