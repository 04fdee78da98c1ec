import Foundation
import PostgresClient
import TellerIntegrationKit

/// The worker processes of a scenario.
final class Fleet {
  let scenario: Scenario
  private(set) var workers: [ChildProcess] = []

  init(_ scenario: Scenario) { self.scenario = scenario }

  deinit { for worker in workers { worker.kill() } }

  /// The arguments of a worker on the scenario's topic.
  static func arguments(
    _ scenario: Scenario, group: String? = nil, brokers: String? = nil, postgres: String? = nil,
    properties: [String: String] = [:]
  ) -> [String] {
    let all = scenario.broker.workerProperties.merging(properties) { $1 }
    return [
      "worker", "--topic", scenario.topic, "--group", group ?? scenario.group, "--writers", "2",
      "--brokers", brokers ?? scenario.broker.bootstrapServers,
      "--postgres", postgres ?? scenario.workerDatabase,
    ] + all.sorted { $0.key < $1.key }.flatMap { ["--kafka", "\($0.key)=\($0.value)"] }
  }

  /// Starts one worker.
  @discardableResult
  func start(
    _ extra: [String] = [], environment: [String: String] = [:], properties: [String: String] = [:]
  ) throws -> ChildProcess {
    let arguments = Self.arguments(scenario, properties: properties) + extra
    let worker = try TellerProcess.start(arguments, environment: environment)
    workers.append(worker)
    return worker
  }

  /// Starts several and waits until partitions are assigned to each.
  func start(_ count: Int) throws {
    for worker in try (0..<count).map({ _ in try start() }) {
      try worker.waitForLine(containing: "partitions assigned", within: .seconds(30))
    }
  }

  /// Those that run.
  var running: [ChildProcess] { workers.filter { $0.exitStatus == nil } }

  /// SIGTERM to all that run. Returns how they ended.
  func stopAll(within limit: Duration = .seconds(20)) throws -> [Int32] {
    let running = running
    for worker in running { worker.signal(SIGTERM) }
    return try running.map { try $0.waitForExit(within: limit) }
  }

  /// Starts workers that end by themselves at the log's end, and returns how they did.
  func drain(_ count: Int = 1, idle: Int = 2, within limit: Duration = .seconds(90)) throws -> [Int32] {
    let drainers = try (0..<count).map { _ in try start(["--until-idle", "\(idle)"]) }
    return try drainers.map { try $0.waitForExit(within: limit) }
  }

  /// The partitions that a worker owns by the database.
  func partitions(of worker: ChildProcess) throws -> [Int32] {
    let rows = try scenario.books.rows(
      """
      select partition from teller.partition_owner
       where topic = '\(scenario.topic)' and owner like '%:\(worker.processIdentifier)' order by 1
      """)
    return try (0..<rows.count).map { try rows.int4($0, 0) }
  }

  /// The ends of all outputs, for messages.
  var tails: String {
    workers.map { worker in
      let status = worker.exitStatus ?? 0
      // A crash prints a backtrace, which begins long before the end.
      let lines = worker.tail(status < 0 && status != -SIGKILL ? 200 : 12)
      return "[\(worker.processIdentifier), \(worker.exitStatus.map(String.init) ?? "runs")]\n\(lines)"
    }.joined(separator: "\n")
  }
}
