import Model
import Configuration
import Foundation
import Testing

@Suite struct SystemDescriptionTests {
    @Test func systemsSayHowTheyAreMeasuredAndNeedNot() throws {
        var system = Presets.small
        #expect(system.metrics == .standard)
        system.metrics = .mindsporeClipped
        let data = try JSONEncoder().encode(system)
        #expect(try JSONDecoder().decode(SystemDescription.self, from: data) == system)
        var keys = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(keys.removeValue(forKey: "metrics") as? String == "mindspore-clipped")
        let older = try JSONDecoder().decode(SystemDescription.self, from: JSONSerialization.data(withJSONObject: keys))
        #expect(older == Presets.small)
    }
}
