import Foundation
import LedgerPostgres
import PostgresClient
import Synchronization
import TellerPostgres

/// Runs all checks on two sessions of one snapshot: an audit is bound by the server's cores, not by its disk.
final class AuditLanes: Sendable {
  private enum Work {
    case check(AuditCheck)
    case placement
  }

  private struct State {
    /// The longest last: it is taken first.
    var open: [Work]
    var findings: [AuditFinding] = []
    var failure: PostgresError?
  }

  private let topic: String
  private let state: Mutex<State>

  init(topic: String) {
    self.topic = topic
    // The checks that sort or group all rows come first, so that no lane ends with one of them.
    let longest = ["I4", "I6", "I5", "I10", "I1"]
    let rank = { (check: AuditCheck) in longest.firstIndex(of: check.id) ?? longest.count }
    let checks = (LedgerAudit.checks + EngineAudit.checks).sorted { rank($0) > rank($1) }
    state = Mutex(State(open: [.placement] + checks.map { .check($0) }))
  }

  /// All findings, by number. Throws the first error of a lane; the other then takes nothing more.
  func run(
    on snapshot: borrowing AuditSnapshot, first: consuming Auditor
  ) throws(PostgresError) -> [AuditFinding] {
    let second = Mutex<Auditor?>(try snapshot.auditor())
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [self] in
      if var auditor = second.withLock({ $0.take() }) { lane(&auditor) }
      done.signal()
    }
    lane(&first)
    done.wait()
    let (findings, failure) = state.withLock { ($0.findings, $0.failure) }
    if let failure { throw failure }
    return findings.sorted { (Int($0.id.dropFirst()) ?? 0) < (Int($1.id.dropFirst()) ?? 0) }
  }

  private func lane(_ auditor: inout Auditor) {
    while let work = state.withLock({ $0.failure == nil ? $0.open.popLast() : nil }) {
      do throws(PostgresError) {
        let finding =
          switch work {
          case .check(let check): try auditor.run(check, topic: topic)
          case .placement: try PlacementAudit.run(on: &auditor)
          }
        state.withLock { $0.findings.append(finding) }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
    }
  }
}
