internal import PostgresClient
internal import Teller

/// What a SQLSTATE means for a batch. Pure. Source: PostgreSQL 15, appendix A.
///
/// A data error belongs to one of the batch's records if the handler's statements raised it, and to nobody if the
/// engine's did.
enum SQLStateMeaning {
  /// The constraint whose violation says that a key had been decided before.
  static let keyConstraint = "one_first_decision_per_key"

  static func kind(_ state: String, part: TransactionPart, constraint: String?) -> StoreFailure.Kind {
    if let known = single(state) { return known }
    if part == .engine, state == "23505", constraint == keyConstraint { return .claimConflict }
    switch String(state.prefix(2)) {
    case "08": return .disconnected(commitInDoubt: false)
    case "53": return .exhausted
    case "42", "28", "XX": return .broken
    case "21", "22", "23", "44", "54", "P0": return part == .handler ? .refused : .unexpected
    default: return .unexpected
    }
  }

  private static func single(_ state: String) -> StoreFailure.Kind? {
    switch state {
    // serialization_failure, deadlock_detected
    case "40001", "40P01": .conflict
    // lock_not_available: whoever holds it ends some day, is evicted, or waits for a standby as we do
    case "55P03": .contended
    // query_canceled: statement_timeout
    case "57014": .tooSlow
    // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout, idle_in_transaction_session_timeout,
    // read_only_sql_transaction (this is a standby now), too_many_connections, statement_completion_unknown
    case "57P01", "57P02", "57P03", "57P05", "25P03", "25006", "53300", "40003":
      .disconnected(commitInDoubt: false)
    // io_error
    case "58030": .exhausted
    default: nil
    }
  }
}

extension StoreFailure {
  /// A database error in the engine's words. The row behind TL001 is read by the caller.
  init(_ error: PostgresError, part: TransactionPart = .engine) {
    let kind: Kind
    if error.isConnectionLost {
      kind = .disconnected(commitInDoubt: false)
    } else if error.isLoginRefused {
      kind = .broken
    } else if let state = error.sqlState {
      kind = SQLStateMeaning.kind(state, part: part, constraint: error.constraint)
    } else {
      kind = .unexpected
    }
    let constraint = error.constraint.map { " (constraint \($0))" } ?? ""
    self.init(kind, code: error.sqlState, message: error.message + constraint, hint: error.hint)
  }
}
