internal import Ledger
public import PostgresClient
public import Teller
public import TellerPostgres

/// The ledger's member of an outcome event as its tables tell it: the journal keeps both balances after each transfer.
public struct LedgerEffects: EffectReading {
  /// Reads nothing yet.
  public init() {}

  /// `"balances":null`.
  public var noEffect: String { BalancesText.none }

  /// The applied transfers and openings of a range.
  public func effects(
    in range: Range<Int64>, of partition: PartitionID, on connection: inout Connection
  ) throws(PostgresError) -> [RecordedEffect] {
    var parameters = Parameters(capacity: 64)
    parameters.int4(partition.value)
    parameters.int8(range.lowerBound)
    parameters.int8(range.upperBound)
    var effects: [RecordedEffect] = []
    let transfers = try connection.query(EffectStatements.transfers, parameters)
    effects.reserveCapacity(transfers.count)
    for row in 0..<transfers.count {
      var text: [UInt8] = []
      BalancesText.append(
        debit: try Self.account(transfers, row, 1), credit: try Self.account(transfers, row, 4), to: &text)
      effects.append(RecordedEffect(offset: try transfers.int8(row, 0), text: text))
    }
    let openings = try connection.query(EffectStatements.openings, parameters)
    guard openings.count > 0 else { return effects }
    for row in 0..<openings.count {
      var text: [UInt8] = []
      BalancesText.append(opened: try openings.text(row, 1), to: &text)
      effects.append(RecordedEffect(offset: try openings.int8(row, 0), text: text))
    }
    return effects.sorted { $0.offset < $1.offset }
  }

  private static func account(
    _ rows: Rows, _ row: Int, _ column: Int
  ) throws(PostgresError) -> BalancesText.Account {
    BalancesText.Account(
      try rows.text(row, column), balance: try rows.int8(row, column + 1),
      version: try rows.int8(row, column + 2))
  }
}
