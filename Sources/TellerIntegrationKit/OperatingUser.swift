import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who runs the database server: PostgreSQL refuses to be root, so root hands over to another user.
enum OperatingUser {
  /// The user to change to, nil where this process is not root.
  static let substitute: String? =
    geteuid() == 0 ? ["postgres", "nobody"].first { getpwnam($0) != nil } : nil

  /// A command line that runs `command` as that user.
  static func command(_ command: [String]) -> [String] {
    guard let substitute else { return command }
    // From a folder that the other user may enter.
    return ["/usr/bin/env", "--chdir=/", "/usr/bin/setpriv", "--reuid=\(substitute)", "--clear-groups", "--"]
      + command
  }

  /// Gives a file or folder to that user.
  static func handOver(_ path: String) {
    guard let substitute, let entry = getpwnam(substitute) else { return }
    chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid)
  }
}
