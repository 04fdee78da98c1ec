import PostgresClient
import Teller
import Testing

@testable import TellerPostgres

@Suite struct `A SQLSTATE` {
  /// A state, and what it means in the engine's and in a handler's statements.
  struct Row: Sendable, CustomTestStringConvertible {
    let state: String
    let engine: StoreFailure.Kind
    let handler: StoreFailure.Kind
    let testDescription: String

    init(_ state: String, _ name: String, _ engine: StoreFailure.Kind, _ handler: StoreFailure.Kind? = nil) {
      self.state = state
      self.engine = engine
      self.handler = handler ?? engine
      self.testDescription = "\(state) \(name)"
    }
  }

  private static let lost = StoreFailure.Kind.disconnected(commitInDoubt: false)

  private static let waiting = [
    Row("40001", "serialization_failure", .conflict), Row("40P01", "deadlock_detected", .conflict),
    Row("55P03", "lock_not_available", .contended), Row("57014", "query_canceled", .tooSlow),
    Row("08000", "connection_exception", lost), Row("08001", "cannot_establish", lost),
    Row("08003", "does_not_exist", lost), Row("08004", "rejected", lost), Row("08006", "failure", lost),
    Row("08007", "transaction_resolution_unknown", lost), Row("57P01", "admin_shutdown", lost),
    Row("57P02", "crash_shutdown", lost), Row("57P03", "cannot_connect_now", lost),
    Row("57P05", "idle_session_timeout", lost), Row("25P03", "idle_in_transaction_session_timeout", lost),
    Row("25006", "read_only_sql_transaction", lost), Row("53300", "too_many_connections", lost),
    Row("40003", "statement_completion_unknown", lost), Row("53100", "disk_full", .exhausted),
    Row("53200", "out_of_memory", .exhausted), Row("53400", "configuration_limit_exceeded", .exhausted),
    Row("58030", "io_error", .exhausted),
  ]

  private static let data = [
    Row("21000", "cardinality_violation", .unexpected, .refused),
    Row("22003", "numeric_value_out_of_range", .unexpected, .refused),
    Row("22021", "character_not_in_repertoire", .unexpected, .refused),
    Row("22P05", "untranslatable_character", .unexpected, .refused),
    Row("23502", "not_null_violation", .unexpected, .refused),
    Row("23503", "foreign_key_violation", .unexpected, .refused),
    Row("23505", "unique_violation", .unexpected, .refused),
    Row("23514", "check_violation", .unexpected, .refused),
    Row("44000", "with_check_option_violation", .unexpected, .refused),
    Row("54000", "program_limit_exceeded", .unexpected, .refused),
    Row("P0001", "raise_exception", .unexpected, .refused),
  ]

  private static let final = [
    Row("42P01", "undefined_table", .broken), Row("42501", "insufficient_privilege", .broken),
    Row("42601", "syntax_error", .broken), Row("28000", "invalid_authorization", .broken),
    Row("28P01", "invalid_password", .broken), Row("XX000", "internal_error", .broken),
    Row("XX001", "data_corrupted", .broken), Row("XX002", "index_corrupted", .broken),
    Row("0A000", "feature_not_supported", .unexpected), Row("25P02", "in_failed_transaction", .unexpected),
    Row("3D000", "invalid_catalog_name", .unexpected), Row("57P04", "database_dropped", .unexpected),
    Row("TL002", "a batch changed fewer rows", .unexpected), Row("99999", "nobody knows", .unexpected),
  ]

  @Test(arguments: waiting + data + final)
  func `has one meaning in the engine's statements and one in a handler's`(row: Row) {
    let error = PostgresError(kind: .server, sqlState: row.state, message: "m")
    #expect(StoreFailure(error, part: .engine).kind == row.engine)
    #expect(StoreFailure(error, part: .handler).kind == row.handler)
    #expect(StoreFailure(error).code == row.state)
  }

  @Test func `of a unique key is a claim conflict only for the claims' own constraint`() {
    let error = { (constraint: String) in
      PostgresError(kind: .server, sqlState: "23505", message: "m", constraint: constraint)
    }
    #expect(StoreFailure(error("one_first_decision_per_key"), part: .engine).kind == .claimConflict)
    #expect(StoreFailure(error("one_first_decision_per_key"), part: .handler).kind == .refused)
    #expect(StoreFailure(error("one_claim_per_offset"), part: .engine).kind == .unexpected)
    #expect(StoreFailure(error("one_claim_per_offset")).message.contains("one_claim_per_offset"))
  }

  @Test func `that is missing means a lost connection, or a mistake of ours`() {
    #expect(StoreFailure(PostgresError(kind: .connection, message: "gone")).kind == Self.lost)
    #expect(StoreFailure(PostgresError(kind: .usage, message: "wrong")).kind == .unexpected)
  }
}

@Suite struct `A refused guard` {
  private func failure(_ detail: String?) -> StoreFailure {
    FencedRow.failure(PostgresError(kind: .server, sqlState: "TL001", message: "fenced", detail: detail))
  }

  @Test func `carries the actual row`() {
    let detail = #"{"epoch" : 9223372036854775807, "owner" : "a \"b\" é", "next_offset" : 12}"#
    let row = OwnerRow(epoch: .max, owner: "a \"b\" é", nextOffset: 12)
    #expect(failure(detail).kind == .fenced(row))
    #expect(failure(detail).code == "TL001")
  }

  @Test(arguments: [nil, "", "{}", "no JSON", #"{"epoch":1,"owner":2,"next_offset":3}"#])
  func `without a row is unexpected, and never a crash`(detail: String?) {
    #expect(failure(detail).kind == .unexpected)
    #expect(failure(detail).hint != nil)
  }

  @Test func `of a partition without a row says so`() throws {
    let harness = try PostgresHarness()
    let store = try harness.makeStore()
    try store.begin(
      Fence(partition: PartitionID(999), epoch: 1, owner: "a", from: 0, to: 1, anchors: Anchors()))
    let thrown = #expect(throws: StoreFailure.self) { try store.synchronize() }
    #expect(thrown?.kind == .unexpected)
    #expect(thrown?.code == "TL001")
    try store.rollback()
  }
}
