import KafkaClient
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

// What servers say, as the person at the terminal reads it.

extension CommandFailure {
  /// PostgreSQL refused, or is not there.
  init(_ error: PostgresError) {
    if error.isLoginRefused {
      self.init(
        .unreachable, code: "login_refused", what: "PostgreSQL does not let us in: \(error)",
        meaning: "nothing was touched", hint: "check user, password and pg_hba.conf")
    } else if error.isConnectionLost {
      self.init(
        .unreachable, code: "unreachable", what: "PostgreSQL cannot be reached, or went away: \(error)",
        meaning: "what was committed stays committed, what was not was rolled back",
        hint: "check --postgres (or TELLER_POSTGRES_URL) and that the server runs; then run it again")
    } else if error.sqlState == "3D000" {
      self.init(
        .unreachable, code: "no_database", what: "PostgreSQL has no such database: \(error)",
        meaning: "nothing was touched", hint: "create the database, or check its name in --postgres")
    } else if error.kind == .usage {
      self.init(
        .wrongUsage, code: "postgres_setting", what: "PostgreSQL cannot be asked: \(error.message)",
        meaning: "nothing was touched", hint: error.hint ?? "check --postgres")
    } else {
      self.init(
        .fatal, code: "postgres_error", what: "PostgreSQL refused: \(error)",
        meaning: "the statement was rolled back; what was committed before stays",
        hint: "read the message above; if it does not help, report it with this text")
    }
  }

  /// The database's schemas and this program do not fit.
  init(_ error: SchemaRefusal) {
    self.init(
      .fatal, code: "schema", what: error.message, meaning: "nothing was touched",
      hint: error.hint.contains("teller migrate") ? error.hint : "\(error.hint) (see teller migrate)")
  }

  /// A broker refused, or is not there.
  init(_ error: KafkaError) {
    if error.isLoginRefused {
      self.init(
        .unreachable, code: "login_refused", what: "Kafka does not let us in: \(error)",
        meaning: "nothing was sent", hint: error.hint ?? "check the security properties (--kafka)")
    } else if error.code == KafkaError.Code.invalidArgument {
      self.init(
        .wrongUsage, code: "kafka_setting", what: "a Kafka property is wrong: \(error.message)",
        meaning: "nothing was sent", hint: error.hint ?? "check --kafka")
    } else {
      self.init(
        error.isRetriable ? .unreachable : .fatal, code: error.isRetriable ? "unreachable" : "kafka_error",
        what: "Kafka failed: \(error)", meaning: "nothing is known to have been sent",
        hint: error.hint ?? "check --brokers and that the brokers run")
    }
  }

  /// A question to the log failed.
  init(_ failure: LogFailure) {
    self.init(
      Self.exitCode(failure), code: "kafka_\(failure.code.lowercased())",
      what: "Kafka failed: \(failure)", meaning: "nothing of the log was read or decided",
      hint: Self.hint(failure))
  }

  private static func exitCode(_ failure: LogFailure) -> ExitCode {
    guard failure.kind == .fatal else { return .unreachable }
    return failure.code == "_INVALID_ARG" ? .wrongUsage : .fatal
  }

  private static func hint(_ failure: LogFailure) -> String {
    switch failure.kind {
    case .fatal where failure.code == "_INVALID_ARG": "correct the --kafka property"
    case .refused: "check the login and the security properties (--kafka)"
    default: "check --brokers and that the brokers run"
    }
  }

  /// The stream was not opened.
  init(_ refusal: StreamRefusal) {
    switch refusal {
    case .otherStream(let what, let hint):
      self.init(
        .wrongUsage, code: "other_stream", what: what, meaning: "nothing was read or written", hint: hint)
    case .store(let failure):
      self.init(
        failure.kind == .broken ? .fatal : .unreachable, code: "stream",
        what: "the stream was not opened: \(failure)",
        meaning: "nothing was read or written", hint: failure.hint ?? "check the database and try again")
    }
  }
}
