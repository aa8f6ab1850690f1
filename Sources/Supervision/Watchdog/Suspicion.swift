// Which rank is stuck, judged from the view of one rank. The choice: a rank that computes blames only itself, and
// a rank that waits blames only ranks without a sign of life, so that nobody is blamed for being slow.

import Configuration

/// One rank's view of the job when it has made no progress for too long.
package struct Suspicion {
    /// Another rank, as seen from this one.
    package struct Sighting: Sendable {
        package var rank: Int
        package var sign: LifeSign?

        /// The seconds for which its sign of life has not changed.
        package var silence: Double

        package init(rank: Int, sign: LifeSign?, silence: Double) {
            (self.rank, self.sign, self.silence) = (rank, sign, silence)
        }
    }

    private let own: LifeSign
    private let others: [Sighting]

    /// The maximum seconds without progress, and without a sign of life.
    private let limit, longestSilence: Double

    package init(own: LifeSign, others: [Sighting], limit: Double, longestSilence: Double) {
        (self.own, self.others, self.limit, self.longestSilence) = (own, others, limit, longestSilence)
    }

    /// A sentence about the rank that is stuck; nil if no rank is to blame.
    package var sentence: String? {
        guard own.seconds > limit else { return nil }
        guard own.moment.waits else {
            return "\(name(of: own)) is stuck: \(rounded(own.seconds)) s \(own.moment.inWords); \(advice)"
        }
        let silent = others.filter { $0.sign != nil && $0.silence > longestSilence }
        if !silent.isEmpty {
            let clauses = silent.prefix(4).map { sighting in
                let sign = sighting.sign!
                return "\(name(of: sign)) is stuck: no sign of life while rank \(own.rank) waited for "
                    + "\(rounded(own.seconds)) s, last seen \(sign.moment.inWords)"
            }
            let more = silent.count > 4 ? "; \(silent.count - 4) more are, too" : ""
            return "\(clauses.joined(separator: "; "))\(more); \(advice)"
        }
        let unseen = others.filter { $0.sign == nil }
        if !unseen.isEmpty {
            guard own.seconds > WatchLimit.patience * limit else { return nil }
            return
                "\(name(of: own)) has spent \(rounded(own.seconds)) s \(own.moment.inWords) and cannot see from here "
                + "what rank \(unseen.map { "\($0.rank)" }.prefix(8).joined(separator: ", ")) does, as the run's folder "
                + "is not shared; \(advice)"
        }
        guard !others.isEmpty, others.allSatisfy({ $0.sign!.moment.waits && $0.sign!.seconds > limit }) else {
            return nil
        }
        return "all \(others.count + 1) ranks wait for each other: \(name(of: own)) for \(rounded(own.seconds)) s "
            + "\(own.moment.inWords); check the network between the hosts, then go on with --resume auto"
    }

    private func name(of sign: LifeSign) -> String { "rank \(sign.rank) of \(others.count + 1) on \(sign.host)" }

    private func rounded(_ seconds: Double) -> Int { Int(seconds.rounded()) }

    private var advice: String {
        "check that host (stopped process, memory, disk, network), then go on with --resume auto, or allow more with "
            + "--watchdog"
    }
}
