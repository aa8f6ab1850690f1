// The only wrapper around the system's file calls: it checks every result and repeats interrupted calls.

import Foundation

/// Runs a call that returns -1 on failure, and repeats it if a signal interrupted it.
///
/// Throws `FormatError` with the system's reason; `action` completes "could not be ...".
@discardableResult
func checkedCall<Result: FixedWidthInteger & SignedInteger>(
    _ action: String, on path: String, _ call: () -> Result
) throws -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        if errno != EINTR { throw systemError(action, on: path, code: errno) }
    }
}

func systemError(_ action: String, on path: String, code: Int32) -> FormatError {
    let reason = String(cString: strerror(code)).lowercased()
    return FormatError(file: path, problem: "could not be \(action) (\(reason))", advice: advice(code))
}

private func advice(_ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR: "check the path"
    case EACCES, EPERM, EROFS: "check the permissions, or use another folder"
    case ENOSPC, EDQUOT: "free some space, or use another disk"
    case EISDIR: "name a file, not a folder"
    case EFBIG: "raise the limit of a file's size (ulimit -f), or use a file system that holds files of this size"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
    case EEXIST, ENOTEMPTY: "remove what is there, or give another name"
    default: "check the disk, then try again"
    }
}
