// The step of films' times, and where times have a gap. The choice: the step is the commonest difference of neighboring times;
// what is farther apart than one step, or no whole number of steps, is a gap.

/// The beat of films whose times are known.
struct FilmClock: Equatable {
    /// The seconds from a frame to the next.
    let step: Int

    init(step: Int) { self.step = step }

    /// The commonest difference, and of several the smallest; nil if no film has two frames.
    ///
    /// Throws `ShardError` for times that do not ascend.
    init?(_ films: [any FrameSeries], _ times: [[UTCTime]]) throws(ShardError) {
        var counts: [Int: Int] = [:]
        for (film, times) in zip(films, times) {
            for index in times.indices.dropFirst() {
                let difference = times[index].seconds - times[index - 1].seconds
                guard difference > 0 else {
                    throw ShardError(
                        "\(film.name) has the time \(times[index]) behind \(times[index - 1]); its times must ascend, each once"
                    )
                }
                counts[difference, default: 0] += 1
            }
        }
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
        step = most.key
    }

    /// The number of steps from a time to a later one; nil if the times are not within a tenth of a step of it.
    func steps(from one: UTCTime, to other: UTCTime) -> Int? {
        let difference = other.seconds - one.seconds, steps = (difference + step / 2) / step
        return steps > 0 && 10 * abs(difference - steps * step) <= step ? steps : nil
    }
}

/// Frames that follow each other without a gap.
struct FilmRun {
    /// The number of the film.
    let film: Int
    /// The frame in each place; nil for frames that the film has not, all pixels of which are missing.
    var frames: [Int?]
    /// The time of each place; nil if times are not known.
    var times: [UTCTime]?
}

extension FilmRun {
    /// What was found between the frames of films.
    struct Gaps {
        /// The number of places where films are cut, and the longest time between the frames there, in seconds.
        var cuts = 0, longest = 0
        /// The number of frames that were put in.
        var filled = 0
    }

    /// The runs of a film without times: one of all its frames.
    static func whole(_ film: any FrameSeries, _ number: Int) -> FilmRun {
        FilmRun(film: number, frames: (0..<film.count).map { $0 }, times: nil)
    }

    /// The runs of a film with times.
    static func runs(
        _ number: Int, _ times: [UTCTime], _ clock: FilmClock, mostFilled: Int, _ gaps: inout Gaps
    ) -> [FilmRun] {
        var runs: [FilmRun] = []
        for (frame, time) in times.enumerated() {
            let steps = frame == 0 ? nil : clock.steps(from: times[frame - 1], to: time)
            guard let steps, steps - 1 <= mostFilled else {
                if frame > 0 {
                    gaps.cuts += 1
                    gaps.longest = max(gaps.longest, time.seconds - times[frame - 1].seconds)
                }
                runs.append(FilmRun(film: number, frames: [frame], times: [time]))
                continue
            }
            for missing in 1..<steps {
                runs[runs.count - 1].frames.append(nil)
                runs[runs.count - 1].times?.append(times[frame - 1] + missing * clock.step)
                gaps.filled += 1
            }
            runs[runs.count - 1].frames.append(frame)
            runs[runs.count - 1].times?.append(time)
        }
        return runs
    }
}
