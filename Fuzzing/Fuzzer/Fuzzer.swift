// One reader under libFuzzer, whose own main calls this with bytes of its making. The choice: one program for all
// readers, which the environment variable READER tells apart, so that one build is enough.

import Foundation
import Readers
import TestSupport

private let reader: Reader = {
    let name = ProcessInfo.processInfo.environment["READER"] ?? ""
    guard let reader = Reader(rawValue: name) else {
        fatalError("READER is \"\(name)\"; set it to one of \(Reader.allCases.map(\.rawValue))")
    }
    return reader
}()

private let folder = try! TemporaryFolder(inMemory: true)

/// Reads one input; anything but success or one short sentence ends the process, which libFuzzer reports with the input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try reader.read([UInt8](UnsafeBufferPointer(start: start, count: count)), in: folder)
    } catch {
        if let fault = DamageTrial.fault(of: error) { fatalError(fault) }
    }
    return 0
}
