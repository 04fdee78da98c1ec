import Foundation
public import KafkaClient
import Synchronization

/// A real Apache Kafka broker of its own, from `KAFKA_HOME`, in a fresh temporary folder, on free loopback ports.
///
/// Up in about two seconds. Ports and data stay the same over `stop`, `kill` and `restart`. The broker and its
/// folder are gone when the value is released, and at the end of the test process at the latest.
public final class RealKafka: Sendable {
  private let home: KafkaHome
  private let folder: URL
  private let port: UInt16
  private let broker = Mutex<ChildProcess?>(nil)

  /// `host:port` for `bootstrap.servers`.
  public var bootstrapServers: String { "127.0.0.1:\(port)" }

  /// Starts a broker and waits until it serves; `properties` are laid over the usual ones.
  ///
  /// - Throws: `IntegrationError` when there is no Kafka, or it does not start within a minute.
  public init(properties: [String: String] = [:]) throws {
    home = try KafkaHome.find().get()
    folder = try ChildRegistry.shared.makeFolder("kafka")
    let ports = try FreePort.take(2)
    port = ports[0]
    let settings = KafkaProperties(
      brokerPort: ports[0], controllerPort: ports[1],
      logFolder: folder.appendingPathComponent("data").path, overrides: properties)
    try settings.text.write(to: configuration, atomically: true, encoding: .utf8)
    try format()
    try start()
  }

  deinit {
    kill()
    ChildRegistry.shared.removeFolder(folder)
  }

  /// Creates a topic and waits until the broker has done so.
  ///
  /// - Throws: `KafkaError`, for instance `topicAlreadyExists`.
  public func createTopic(
    _ name: String, partitions: Int, configuration: [String: String] = [:]
  ) throws(KafkaError) {
    let admin = try TopicAdmin(KafkaConfiguration(brokers: bootstrapServers))
    defer { admin.close() }
    try admin.createTopic(name, partitions: Int32(clamping: partitions), replicas: 1, config: configuration)
  }

  /// Runs one of Kafka's own tools against this broker and returns what it printed.
  ///
  /// - Throws: `IntegrationError` with its last lines when it ends with a failure.
  @discardableResult
  public func run(_ tool: String, _ arguments: [String]) throws -> [String] {
    try home.run(tool, ["--bootstrap-server", bootstrapServers] + arguments, environment: environment)
  }

  /// Stops the broker in order (SIGTERM) and waits until it has ended; it can be restarted.
  public func stop() throws {
    guard let child = broker.withLock({ $0 }) else { return }
    child.signal(SIGTERM)
    try child.waitForExit(within: .seconds(30))
    broker.withLock { $0 = nil }
  }

  /// Ends the broker at once (SIGKILL) and waits until it is gone; it can be restarted.
  public func kill() {
    let child = broker.withLock { broker in
      defer { broker = nil }
      return broker
    }
    child?.kill()
  }

  /// Starts the broker again on its old ports and data, ending it in order before if it still runs.
  public func restart() throws {
    try stop()
    try start()
  }

  /// Freezes the broker (SIGSTOP): connections stay open and nothing answers.
  public func pause() {
    broker.withLock { $0 }?.signal(SIGSTOP)
  }

  /// Lets a frozen broker go on (SIGCONT).
  public func resume() {
    broker.withLock { $0 }?.signal(SIGCONT)
  }

  /// Whether the broker's process runs (a frozen one does).
  public var isRunning: Bool {
    broker.withLock { $0 }.map { $0.exitStatus == nil } ?? false
  }

  private var configuration: URL { folder.appendingPathComponent("server.properties") }

  private var environment: [String: String] {
    // Apache's own scripts write their logs into KAFKA_HOME unless LOG_DIR says otherwise.
    ["KAFKA_HEAP_OPTS": "-Xmx512m", "LOG_DIR": folder.appendingPathComponent("logs").path]
  }

  private func format() throws {
    let answer = try home.run("kafka-storage.sh", ["random-uuid"], environment: environment)
    guard let cluster = answer.last(where: { !$0.isEmpty }) else {
      throw IntegrationError(.refused, "kafka-storage.sh random-uuid printed nothing")
    }
    try home.run(
      "kafka-storage.sh", ["format", "-t", cluster, "-c", configuration.path], environment: environment)
  }

  private func start() throws {
    let child = try ChildProcess(
      home.script("kafka-server-start.sh"), [configuration.path], environment: environment)
    try child.waitForLine(containing: "Kafka Server started", within: .seconds(60))
    broker.withLock { $0 = child }
  }
}
