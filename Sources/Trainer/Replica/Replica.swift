// One rank's copy of the network, and the threads that learn from its lanes of a batch. The choice: a thread works
// through a run of lanes, adds their gradients as far as the tree of sums allows, and touches nothing that another one
// writes.

import Supervision
import Distribution
import DataLoading
import Configuration
import Kernels
import Model

/// A network with the gradients that its lanes find for it.
package final class Replica {
    package let network: Network<Float>

    let lanes: Lanes
    private let crew: Crew
    private let students: [Student]

    /// The most sequences that are worked through at once.
    package let size: Int

    /// Where lanes of batch normalisation meet.
    private let meeting: LaneMeeting?

    /// A thread's lanes, and what it found in them.
    private final class Student {
        let lanes: Range<Int>
        let workspace: LaneWorkspace

        /// Memory for as many sums as there are at a time.
        let vectors: [ParameterVector<Float>]
        var sum: TreeSum<ParameterVector<Float>>
        var losses: [Double] = []

        /// The norm of each lane's own gradient, where somebody asks for them.
        var norms: [Double]?

        init(_ run: Range<Int>, of lanes: Lanes, _ layout: ParameterLayout, _ workspace: LaneWorkspace) {
            (self.lanes, self.workspace) = (run, workspace)
            let most = lanes.tree.mostParts(within: lanes.leaves(of: run))
            vectors = (0..<most).map { _ in ParameterVector(layout) }
            sum = TreeSum(lanes.tree)
        }

        /// Zeros, for the next lane's gradient.
        func freshVector() -> ParameterVector<Float> {
            let vector = vectors[sum.parts.count]
            vector.flat.fill(0)
            return vector
        }

        func take(_ gradient: ParameterVector<Float>, _ loss: Double, at leaf: Int) {
            norms?.append(sumOfSquares(gradient.flat).squareRoot())
            sum.append(gradient, at: leaf) { left, right in
                add(right.flat, accumulatingInto: left.flat)
                return left
            }
            losses.append(loss)
        }
    }

    /// - Parameters:
    ///   - shares: how many sequences each thread has at a time.
    ///   - reducer: adds up numbers over the lanes of all ranks, for batch normalisation.
    package init(
        _ network: Network<Float>, _ model: SystemDescription, _ loader: BatchLoader, _ sampling: FrameSampling,
        _ lanes: Lanes, _ shares: RankShares, on crew: Crew, _ reducer: GradientReducer
    ) throws {
        (self.network, self.lanes, self.crew, size) = (network, lanes, crew, shares.part)
        let runs = lanes.runs(oneEach: network.hasBatchStatistics)
        try crew.prepare(for: runs.count)
        let meeting =
            network.hasBatchStatistics
            ? LaneMeeting(lanes: runs.count, atOnce: lanes.threads, add: reducer.sumOrAbort) : nil
        let lesson = Lesson(network: network, model: model, loader: loader, sampling: sampling)
        students = try runs.enumerated().map { number, run in
            let workspace = try LaneWorkspace(
                lesson, sizes: shares.threads[number].usual, movesAverages: number == 0,
                sum: { meeting?.sum(&$0, of: number) ?? 0 })
            return Student(run, of: lanes, network.layout, workspace)
        }
        self.meeting = meeting
    }

    /// The gradients and losses of this rank's lanes of a global batch, in memory that the next call overwrites.
    ///
    /// - Parameters:
    ///   - batch: of all lanes of all ranks.
    ///   - step: the updates made before this one.
    /// - Throws: the first error of reading; no lane has then begun to wait for another.
    package func learn(from batch: Batch, step: Int, _ times: PhaseTimes) throws -> PartialGradients {
        for student in students {
            (student.sum, student.losses, student.workspace.times) = (TreeSum(lanes.tree), [], PhaseTimes())
        }
        if let meeting {
            try learnTogether(from: batch, step: step, meeting)
        } else {
            try crew.run(students.count) { [students, self] in try learn(students[$0], from: batch, step: step) }
        }
        times.add(slowestOf: students.map(\.workspace.times))
        return PartialGradients(sums: students.flatMap(\.sum.parts), losses: students.flatMap(\.losses))
    }

    /// Learns a batch again, and tells what each lane of this rank that has sequences found by itself. Collective.
    package func examine(_ batch: Batch, step: Int) throws -> [LaneFinding] {
        for student in students { student.norms = [] }
        defer { for student in students { student.norms = nil } }
        _ = try learn(from: batch, step: step, PhaseTimes())
        return students.flatMap { student in
            zip(student.lanes, zip(student.losses, student.norms ?? [])).map { lane, found in
                let sequences = Array(batch.sequences[batch.places(of: lane)])
                return LaneFinding(lane: lane, sequences: sequences, loss: found.0, norm: found.1)
            }
        }.filter { !$0.sequences.isEmpty }
    }

    /// Lane after lane, each part by part.
    private func learn(_ student: Student, from batch: Batch, step: Int) throws {
        for lane in student.lanes {
            let gradient = student.freshVector()
            let loss = try parts(of: lane, in: batch).reduce(0) { loss, part in
                try student.workspace.load(part, step: step)
                return loss + student.workspace.learn(accumulatingInto: gradient)
            }
            student.take(gradient, loss, at: lanes.leaf(of: lane))
        }
    }

    /// All lanes at once, each whole and be it empty: once they have begun, none may be missing where they meet.
    private func learnTogether(from batch: Batch, step: Int, _ meeting: LaneMeeting) throws {
        try crew.run(students.count) { [students, self] number in
            let student = students[number]
            let places = batch.places(of: student.lanes.lowerBound)
            try meeting.inTurn { try student.workspace.load(part(places, of: batch), step: step) }
        }
        crew.run(students.count) { [students, lanes] number in
            let student = students[number]
            meeting.inTurn {
                let gradient = student.freshVector()
                let loss = student.workspace.learn(accumulatingInto: gradient)
                student.take(gradient, loss, at: lanes.leaf(of: student.lanes.lowerBound))
            }
        }
    }

    private func parts(of lane: Int, in batch: Batch) -> [LaneWorkspace.Part] {
        let places = batch.places(of: lane)
        return stride(from: places.lowerBound, to: places.upperBound, by: size).map {
            part($0..<min($0 + size, places.upperBound), of: batch)
        }
    }

    private func part(_ places: Range<Int>, of batch: Batch) -> LaneWorkspace.Part {
        LaneWorkspace.Part(sequences: batch.sequences[places], first: places.lowerBound, globalBatch: batch.count)
    }

    /// The loss of some sequences: a number for each block, zeros for the blocks of other ranks. So the sum over ranks,
    /// added in order, depends on neither ranks nor threads.
    ///
    /// - Parameter blocks: of at most `size` sequences.
    package func losses(of blocks: ValidationBlocks) throws -> [Double] {
        let losses = Tensor<Double>(blocks.all.count), total = blocks.count
        try crew.run(lanes.threads) { [students, lanes] thread in
            for block in blocks.own(ofThread: thread, of: lanes.threads) {
                Heartbeat.own.tick()
                let sequences = Array(blocks.all[block])[...]
                var numbers = losses.mutableSpan
                numbers[block] = try students[thread].workspace.loss(of: sequences, of: total)
            }
        }
        return blocks.all.indices.map { losses.span[$0] }
    }
}
