internal import Teller

/// Knows the truth: checks the README's invariants over a simulated database and the log it was fed from.
///
/// I7 and I13 need published events, which the simulation has not. The log must not have been recreated.
public struct LedgerAuditor {
  /// One broken invariant.
  public struct Violation: Equatable, Sendable, CustomStringConvertible {
    /// Its id, as in `I4`.
    public let invariant: String
    /// What is wrong, with the rows.
    public let text: String

    /// One line for the person who reads it.
    public var description: String { "\(invariant): \(text)" }
  }

  /// One side of an applied transfer.
  struct Leg {
    let account: Int32
    let version: Int64
    let amount: Int64
    let after: Int64
    let location: Location
  }

  /// What was found so far. A class, so that checks read the audit while they add to it.
  private final class Findings {
    var found: [Violation] = []
  }

  let tables: SimulatedTables
  let broker: SimulatedBroker
  let outcomes: [SimulatedOutcome]
  let legs: [Int32: [Leg]]
  private let findings = Findings()

  /// An audit of what is committed now.
  public init(_ database: SimulatedDatabase, _ broker: SimulatedBroker) {
    self.init(database.tables, broker)
  }

  /// An audit of tables.
  public init(_ tables: SimulatedTables, _ broker: SimulatedBroker) {
    self.tables = tables
    self.broker = broker
    self.outcomes = tables.outcomes
    let all = tables.journal.flatMap { entry in
      [
        Leg(
          account: entry.debit, version: entry.debitAfter.version, amount: -entry.amount,
          after: entry.debitAfter.balance, location: entry.location),
        Leg(
          account: entry.credit, version: entry.creditAfter.version, amount: entry.amount,
          after: entry.creditAfter.balance, location: entry.location),
      ]
    }
    self.legs = Dictionary(grouping: all, by: \.account).mapValues { $0.sorted { $0.version < $1.version } }
  }

  /// All violations; empty where the books are right.
  public func violations() -> [Violation] {
    findings.found = []
    checkBalances()
    checkOffsets()
    checkKeys()
    checkEntries()
    checkPlaces()
    replay()
    return findings.found
  }

  func expect(_ invariant: String, _ isSo: Bool, _ text: @autoclosure () -> String) {
    if !isSo { findings.found.append(Violation(invariant: invariant, text: text())) }
  }

  /// The record at a place in the log.
  func record(_ location: Location) -> SimulatedRecord? {
    tables.owners[location.partition].flatMap { broker.archived(location.offset, of: $0.partition) }
  }

  func name(_ account: Int32) -> String {
    String(decoding: tables.accounts[account]?.name ?? [], as: UTF8.self)
  }
}
