// How errors are printed. The choice: errors of this project are sentences already; Foundation's, which name an error
// domain and a code, become a sentence that names the file.

import Foundation

/// A sentence for an error of Foundation; nil for all others.
package func sentence(ofFoundations error: any Error) -> String? {
    switch error {
    case let error as CocoaError:
        let facts = error.userInfo
        let path = facts[NSFilePathErrorKey] as? String ?? (facts[NSURLErrorKey] as? URL)?.path
        let cause =
            (facts[NSUnderlyingErrorKey] as? any Error).map { " (\(reason($0)))" } ?? " (error \(error.errorCode))"
        return "\(path ?? "a file") could not be read or written\(cause); check its path, its permissions and its disk"
    case let error as POSIXError:
        return "the system refused a call (\(reason(error))); check the disk and the limits, then try again"
    case is DecodingError, is EncodingError:
        return "something could not be written or read as JSON: \("\(error)".quotable(200))"
    default:
        return nil
    }
}

private func reason(_ error: any Error) -> String {
    let number = (error as? POSIXError)?.errorCode ?? (error as NSError).code
    return String(cString: strerror(Int32(truncatingIfNeeded: number))).lowercased()
}
