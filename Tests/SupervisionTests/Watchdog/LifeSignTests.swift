import Supervision
import Foundation
import TestSupport
import Testing

@Suite struct LifeSignTests {
    /// A reader sees the old sign or the new one while it is being written.
    @Test func aSignIsNeverSeenInParts() async throws {
        let folder = try TemporaryFolder(), signs = LifeSigns(run: folder.path)
        try signs.renew()
        func leave(_ beat: Int) {
            signs.leave(LifeSign(rank: 0, host: "here", process: 1, beat: beat, moment: Heartbeat.Moment(), seconds: 0))
        }
        leave(0)
        let looker = Task.detached { (0..<20_000).count { _ in signs.sign(of: 0) == nil } }
        for beat in 1...20_000 { leave(beat) }
        #expect(await looker.value == 0)
        #expect(signs.sign(of: 0)?.beat == 20_000)
    }
}
