import Foundation
import Synchronization

/// One started process: its id, the threads that read and await it, and signals that can never reach a reused id.
///
/// Not Foundation's `Process`: on Linux it learns of an end through a socket that other children inherit, so with
/// several children the end of one could go unseen for as long as another lived (seen here).
final class RunningProcess: Sendable {
  let identifier: pid_t
  private let ended = Mutex(false)

  init(
    _ executable: URL, _ arguments: [String], environment: [String: String], output: OutputLines
  ) throws {
    guard FileManager.default.isExecutableFile(atPath: executable.path) else {
      throw IntegrationError(.notFound, "there is no program at \(executable.path)")
    }
    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // The pipes are made on the same thread, so no other child is started before they are close-on-exec.
    let (standardOutput, standardError, child) = try LaunchThread.shared.run {
      let (standardOutput, standardError) = (try OutputPipe(), try OutputPipe())
      let request = SpawnRequest(
        command: Self.command(executable, arguments), environment: all.map { "\($0.key)=\($0.value)" },
        standardOutput: standardOutput.writeEnd, standardError: standardError.writeEnd)
      return (standardOutput, standardError, try request.spawn())
    }
    identifier = child
    standardOutput.closeWriteEnd()
    standardError.closeWriteEnd()
    standardOutput.read(as: .standardOutput, into: output)
    standardError.read(as: .standardError, into: output)
    let thread = Thread { self.awaitEnd(telling: output) }
    thread.start()
  }

  /// Sends a signal to the process, or, with `wholeGroup`, to all it has started as well.
  func signal(_ number: Int32, wholeGroup: Bool = false) {
    ended.withLock { ended in
      if !ended { _ = kill(wholeGroup ? -identifier : identifier, number) }
    }
  }

  /// The program, behind `setpriv` where there is one: the kernel then ends the child with this process.
  private static func command(_ executable: URL, _ arguments: [String]) -> [String] {
    let setpriv = "/usr/bin/setpriv"
    let plain = [executable.path] + arguments
    guard FileManager.default.isExecutableFile(atPath: setpriv) else { return plain }
    return [setpriv, "--pdeathsig", "KILL", "--"] + plain
  }

  private func awaitEnd(telling output: OutputLines) {
    var information = siginfo_t()
    // WNOWAIT leaves the ended child in place, so its id is not given away before `ended` says so.
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    var status: Int32 = 0
    ended.withLock { ended in
      ended = true
      while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
    }
    let signal = status & 0x7f
    output.exited(with: signal == 0 ? (status >> 8) & 0xff : -signal)
  }
}
