// What `train` watches while it trains.

import ArgumentParser
import CommandSupport
import Configuration

extension NonFinitePolicy: ExpressibleByArgument {}

extension WatchLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// What a run does about numbers that are not finite, unlike replicas, and a rank that is stuck.
struct SafeguardOptions: ParsableArguments {
    @Option(
        name: .customLong("on-nan"),
        help: ArgumentHelp(
            "What to do about an update whose loss or gradient is not finite: abort, end before it; skip, leave it out; "
                + "or rollback, go on from the last checkpoint and leave it out if it comes again (default: abort).",
            valueName: "what"))
    var onNaN: NonFinitePolicy?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps between bitwise comparisons of all ranks' parameters and optimizer state, beside those before each "
                + "checkpoint; 0 for none (default: 100).", valueName: "n"))
    var verifyReplicasEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds without progress after which a job is ended, naming the rank that is stuck; or off (default: 60, or 20 "
                + "times the slowest recent step if that is more).", valueName: "seconds|off"),
        completion: .list(["automatic", "off"]))
    var watchdog: WatchLimit?

    /// Those that change the configuration.
    var settings: [Setting] {
        [
            Setting(onNaN, to: \.onNaN),
            Setting("--verify-replicas-every", verifyReplicasEvery, to: \.verifyReplicasEvery),
            Setting(watchdog, to: \.watchdog),
        ]
    }

    func validate() throws { for setting in settings { try setting.check() } }
}
