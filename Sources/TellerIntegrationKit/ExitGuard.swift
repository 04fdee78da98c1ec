import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Stops a server and removes its folder when this process ends in any way, also by SIGKILL.
///
/// A shell waits on a pipe whose other end only this process holds; the end of the process closes the pipe.
/// That covers what `atexit` cannot.
final class ExitGuard: @unchecked Sendable {
  // Unchecked: the descriptor is set once and closed once, under the lock of NSLock.
  private let lock = NSLock()
  private var writeEnd: Int32

  init(folder: String, processFile: String) throws {
    var ends: [Int32] = [0, 0]
    // Close-on-exec: no other child may keep the pipe open.
    guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw TemporaryPostgresError(description: "no pipe")
    }
    writeEnd = ends[1]
    let script = """
      trap '' INT TERM HUP
      read _
      if [ -f "$1" ]; then
        pid=$(head -n 1 "$1")
        kill -CONT "$pid" 2>/dev/null; kill -QUIT "$pid" 2>/dev/null
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          kill -0 "$pid" 2>/dev/null || break
          sleep 0.1
        done
      fi
      rm -rf "$2"
      """
    defer { close(ends[0]) }
    _ = try SpawnedCommand(["/bin/sh", "-c", script, "guard", processFile, folder], input: ends[0])
  }

  /// Lets the shell do its work now.
  func release() {
    lock.lock()
    defer { lock.unlock() }
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  deinit { release() }
}
