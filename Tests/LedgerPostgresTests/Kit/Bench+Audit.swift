import Ledger
import PostgresClient
import Teller
import TellerIntegrationKit

@testable import TellerTestKit

/// The real database in the auditor's words: it was written for the simulated one, and the tables mean the same.
extension Bench {
  /// Everything that is wrong with what is committed: the log once more, in (sequence, offset) order, through the pure
  /// rules, and each decision and balance compared.
  func violations(refused: Set<IdempotencyKey> = []) throws -> [LedgerAuditor.Violation] {
    var tables = try readTables()
    tables.refusedKeys = refused
    return LedgerAuditor(tables, broker).violations()
  }

  func readTables() throws -> SimulatedTables {
    var tables = SimulatedTables()
    tables.streams[stream.id] = SimulatedStreamRow(identity: stream)
    try readOwners(&tables)
    try readKeys(&tables)
    try readExceptions(&tables)
    try readDead(&tables)
    try readAccounts(&tables)
    try readJournal(&tables)
    return tables
  }

  private func each(_ sql: String, _ body: (Rows, Int) throws -> Void) throws {
    let rows = try query(sql)
    for row in 0..<rows.count { try body(rows, row) }
  }

  private func place(_ rows: Rows, _ row: Int, _ column: Int) throws -> Location {
    Location(partition: PartitionID(try rows.int4(row, column)), offset: try rows.int8(row, column + 1))
  }

  private func readOwners(_ tables: inout SimulatedTables) throws {
    try each(
      """
      select o.partition_id, p.stream, p.partition, o.epoch, o.owner, o.start_offset, o.next_offset
        from teller.owner o join teller.partition p on p.id = o.partition_id
      """
    ) { rows, row in
      tables.owners[PartitionID(try rows.int4(row, 0))] = SimulatedOwnerRow(
        stream: try rows.int4(row, 1), partition: try rows.int4(row, 2), epoch: try rows.int8(row, 3),
        owner: try rows.text(row, 4), startOffset: try rows.int8(row, 5), nextOffset: try rows.int8(row, 6),
        anchors: Anchors())
    }
    try each(
      "select partition_id, first_offset, next_offset, epoch, sequence from teller.batch"
    ) { rows, row in
      tables.batches.append(
        SimulatedBatchRow(
          partition: PartitionID(try rows.int4(row, 0)),
          offsets: try rows.int8(row, 1)..<(try rows.int8(row, 2)), epoch: try rows.int8(row, 3),
          sequence: try rows.int8(row, 4)))
    }
  }

  private func readKeys(_ tables: inout SimulatedTables) throws {
    try each(
      """
      select partition_id, "offset", stream, key, key_text, fingerprint, fingerprint_version from teller.dedup
      """
    ) { rows, row in
      let key = IdempotencyKey(bits: try rows.uuid(row, 3))
      let fingerprint = Fingerprint(bits: try rows.uuid(row, 5), version: try rows.int2(row, 6))
      tables.keys[SimulatedKey(stream: try rows.int4(row, 2), key: key)] = KnownKey(
        fingerprint: fingerprint, location: try place(rows, row, 0))
    }
  }

  private func readExceptions(_ tables: inout SimulatedTables) throws {
    try each(#"select partition_id, "offset", code from teller.refusal"#) { rows, row in
      tables.refusals[try place(rows, row, 0)] = try rows.text(row, 2)
    }
    try each(
      """
      select partition_id, "offset", key, fingerprint, fingerprint_version, first_partition_id, first_offset,
             is_reuse from teller.repeat
      """
    ) { rows, row in
      let location = try place(rows, row, 0)
      tables.repeats[location] = BatchOutcomes.Repeat(
        offset: location.offset, key: IdempotencyKey(bits: try rows.uuid(row, 2)),
        fingerprint: Fingerprint(bits: try rows.uuid(row, 3), version: try rows.int2(row, 4)),
        first: try place(rows, row, 5), isReuse: try rows.bool(row, 7))
    }
    try each("select partition_id, first_offset, last_offset from teller.confirmed_gap") { rows, row in
      let offsets = try rows.int8(row, 1)..<(try rows.int8(row, 2) + 1)
      tables.gaps.insert(SimulatedGap(partition: PartitionID(try rows.int4(row, 0)), offsets: offsets))
    }
  }

  private func readDead(_ tables: inout SimulatedTables) throws {
    try each(
      """
      select partition_id, "offset", code, reason, idempotency_key, record_timestamp from teller.dead_letter
      """
    ) { rows, row in
      let location = try place(rows, row, 0)
      guard let code = DeadLetterCause.Code(rawValue: try rows.text(row, 2)) else {
        throw NeverSo(description: "a dead letter bears a code that nobody knows")
      }
      var records = RecordBatch()
      records.append(offset: location.offset, timestamp: try rows.int8(row, 5)) { _ in (-1, -1) }
      tables.dead[location] = DeadRecord(
        offset: location.offset, cause: DeadLetterCause(code, try rows.text(row, 3)),
        idempotencyKey: try rows.isNull(row, 4) ? nil : IdempotencyKey(bits: try rows.uuid(row, 4)),
        records: records, index: 0)
    }
  }

  private func readAccounts(_ tables: inout SimulatedTables) throws {
    try each(
      """
      select a.partition_id, a."offset", a.id, a.name, a.currency, a.opening_balance, a.batch, b.balance, b.version,
             b.overdraft from ledger.account a join ledger.account_balance b using (id)
      """
    ) { rows, row in
      guard let currency = Currency(try rows.text(row, 4)) else { return }
      let overdraft = try rows.isNull(row, 9) ? Overdraft.unlimited : .limit(try rows.int8(row, 9))
      let name = try rows.bytes(row, 3)
      let id = Int32(try rows.int8(row, 2))
      tables.accounts[id] = SimulatedAccount(
        name: name,
        state: AccountState(
          balance: try rows.int8(row, 7), version: try rows.int8(row, 8), overdraft: overdraft,
          currency: currency),
        openingBalance: try rows.int8(row, 5), openedBy: try rows.int8(row, 6),
        openedAt: try rows.isNull(row, 0) ? nil : place(rows, row, 0))
      tables.accountIDs[name] = id
    }
  }

  private func readJournal(_ tables: inout SimulatedTables) throws {
    try each(
      """
      select partition_id, "offset", debit, credit, amount, debit_balance, debit_version, credit_balance,
             credit_version from ledger.journal
      """
    ) { rows, row in
      tables.journal.append(
        SimulatedEntry(
          location: try place(rows, row, 0), debit: Int32(try rows.int8(row, 2)),
          credit: Int32(try rows.int8(row, 3)), amount: try rows.int8(row, 4),
          debitAfter: (try rows.int8(row, 5), try rows.int8(row, 6)),
          creditAfter: (try rows.int8(row, 7), try rows.int8(row, 8))))
    }
  }
}
