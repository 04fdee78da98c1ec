import Foundation

/// `teller broker` as a child process: librdkafka's mock cluster, so no Java and up at once.
///
/// It keeps nothing: a stopped broker is an empty one, and a new one listens on another port.
public final class EmbeddedBroker: Sendable {
  private let child: ChildProcess
  /// `host:port` for `bootstrap.servers`.
  public let bootstrapServers: String

  /// Starts a broker with these topics (name → partitions) and waits until it listens.
  ///
  /// - Throws: `IntegrationError` when `teller` is not built, or says nothing within 10 s.
  public init(topics: [String: Int], environment: [String: String] = [:]) throws {
    let options = topics.sorted { $0.key < $1.key }.flatMap { ["--topic", "\($0.key):\($0.value)"] }
    child = try TellerProcess.start(["broker"] + options + ["--json"], environment: environment)
    let line = try child.waitForLine(containing: "\"brokers\"", within: .seconds(10))
    guard let answer = try? JSONDecoder().decode(Announcement.self, from: Data(line.utf8)) else {
      throw IntegrationError(.notStarted, "teller broker said '\(line)', not {\"brokers\":\"host:port\"}")
    }
    bootstrapServers = answer.brokers
  }

  private struct Announcement: Decodable {
    let brokers: String
  }

  /// Ends the broker in order and waits until it is gone.
  public func stop() throws {
    child.signal(SIGTERM)
    try child.waitForExit(within: .seconds(10))
  }

  /// Ends the broker at once; all it held is lost.
  public func kill() {
    child.kill()
  }

  /// Freezes the broker: connections stay open and nothing answers.
  public func pause() {
    child.signal(SIGSTOP)
  }

  /// Lets a frozen broker go on.
  public func resume() {
    child.signal(SIGCONT)
  }
}
