import PostgresClient
import Teller
import TellerPostgres

/// What a database that cannot be worked with means for the person at the terminal.
extension CommandFailure {
  /// The server is away, or does not let us in.
  init(_ error: PostgresError) {
    if error.isLoginRefused {
      self.init(
        .unreachable, code: "login_refused", what: "PostgreSQL refused the login: \(error)",
        meaning: "nothing was touched",
        hint: "check the user and the password of --postgres (TELLER_POSTGRES_URL) and pg_hba.conf")
    } else if error.isConnectionLost || error.sqlState == "3D000" {
      self.init(
        .unreachable, code: "postgres_unreachable", what: "PostgreSQL cannot be reached: \(error)",
        meaning: "nothing was touched",
        hint: "check that the server runs, and --postgres (TELLER_POSTGRES_URL)")
    } else if error.kind == .usage {
      self.init(
        .wrongUsage, code: "postgres_url", what: "\(error)", meaning: "nothing was touched",
        hint: "write --postgres as postgres://user@host:port/database")
    } else {
      self.init(
        .fatal, code: "postgres_error", what: "PostgreSQL answered: \(error)",
        meaning: "what was not committed did not happen", hint: "read the message; the server's log says more")
    }
  }

  /// The schema is not the one this program works with.
  init(_ refusal: SchemaRefusal) {
    self.init(
      .fatal, code: "schema", what: refusal.message, meaning: "nothing was touched", hint: refusal.hint)
  }

  /// The stream was not opened.
  init(_ refusal: StreamRefusal) {
    switch refusal {
    case .otherStream(let what, let hint):
      self.init(
        .wrongUsage, code: "other_stream", what: what, meaning: "nothing was read or written", hint: hint)
    case .store(let failure):
      self.init(
        failure.kind == .broken ? .fatal : .unreachable, code: "stream", what: "the stream was not opened: \(failure)",
        meaning: "nothing was read or written", hint: failure.hint ?? "check the database and try again")
    }
  }

  /// The brokers are away, or refuse us.
  init(_ failure: LogFailure) {
    let isSetting = failure.kind == .fatal
    self.init(
      isSetting ? .wrongUsage : .unreachable, code: "kafka", what: "Kafka: \(failure)",
      meaning: "nothing was read or written",
      hint: isSetting
        ? "correct the --kafka property"
        : "check that the brokers of --brokers (TELLER_BROKERS) run, and the login given with --kafka")
  }
}
