import Foundation

extension RealKafka {
  /// Whether tests against a real broker run here.
  public enum Availability: Sendable {
    /// There is a Kafka.
    case available
    /// There is none and nobody asked for it: such tests may be skipped, for this reason.
    case skippable(reason: String)
    /// There is none although `CI` or `TELLER_REQUIRE_KAFKA` is set: such tests run, and fail.
    case missing(IntegrationError)
  }

  /// Whether tests against a real broker run here; read from the environment once.
  public static let availability = availability(in: ProcessInfo.processInfo.environment)

  /// False only where tests against a real broker may be skipped; for `.enabled(if:)`.
  ///
  /// A suite writes `.enabled(if: RealKafka.isExpected)` and then `try #require(try RealKafka.shared)`:
  /// where a broker is required and missing, the second one fails the test.
  public static var isExpected: Bool {
    if case .skippable = availability { false } else { true }
  }

  /// One broker for the whole test run, started at first use; nil where it may be skipped.
  ///
  /// Tests that stop, kill or freeze a broker start their own with `RealKafka()`.
  ///
  /// - Throws: `IntegrationError` when it is required and missing, or does not start.
  public static var shared: RealKafka? {
    get throws {
      switch availability {
      case .skippable: nil
      case .missing(let error): throw error
      case .available: try sharedBroker.get()
      }
    }
  }

  /// A failed start is remembered: a second try in each test would only cost its time limit again.
  private static let sharedBroker: Result<RealKafka, any Error> = Result { try RealKafka() }

  static func availability(in environment: [String: String]) -> Availability {
    switch KafkaHome.find(in: environment) {
    case .success: return .available
    case .failure(let error):
      let required = ["CI", "TELLER_REQUIRE_KAFKA"].contains { !(environment[$0] ?? "").isEmpty }
      return required ? .missing(error) : .skippable(reason: error.description)
    }
  }
}
